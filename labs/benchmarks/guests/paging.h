// Prepares what a kernel needs, as xv6 does: S mode under Sv39. RAM and devices are mapped at their own
// addresses, in pages of 4 KiB. The rest of RAM is a list of free pages.
#include "bench.h"

#define PAGE 4096UL
#define PAGES_START 0x80200000UL
#define PAGES_END 0x82000000UL

enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16 };

#define PTE_OF(pa) ((uint64)(pa) >> 12 << 10)
#define PA_OF(pte) ((pte) >> 10 << 12)
#define SATP_OF(table) (8UL << 60 | (uint64)(table) >> 12)

struct page {
  struct page *next;
};

static struct page *free_pages;
static uint64 *kernel_table;

// Byte by byte, as in xv6.
static __attribute__((noinline)) void *memset(void *to, int byte, uint64 count) {
  char *bytes = to;
  for (uint64 n = 0; n < count; n++) bytes[n] = byte;
  return to;
}

static void *page_take(void) {
  struct page *page = free_pages;
  if (page) free_pages = page->next;
  return page;
}

static void page_give(void *page) {
  ((struct page *)page)->next = free_pages;
  free_pages = page;
}

// The entry of level 0 for `va`. If `make` is set, missing tables on the way to it are created.
static uint64 *walk(uint64 *table, uint64 va, int make) {
  for (int level = 2; level > 0; level--) {
    uint64 *entry = &table[va >> (12 + 9 * level) & 511];
    if (*entry & PTE_V) {
      table = (uint64 *)PA_OF(*entry);
    } else {
      if (!make || !(table = page_take())) return 0;
      memset(table, 0, PAGE);
      *entry = PTE_OF(table) | PTE_V;
    }
  }
  return &table[va >> 12 & 511];
}

static void map(uint64 *table, uint64 va, uint64 pa, uint64 size, int permissions) {
  for (uint64 end = va + size; va < end; va += PAGE, pa += PAGE) {
    uint64 *entry = walk(table, va, 1);
    expect(90, entry && !(*entry & PTE_V));
    *entry = PTE_OF(pa) | permissions | PTE_V;
  }
}

void supervisor(void);

static void start_paging(void) {
  for (uint64 page = PAGES_END - PAGE; page >= PAGES_START; page -= PAGE) page_give((void *)page);
  kernel_table = page_take();
  memset(kernel_table, 0, PAGE);
  map(kernel_table, 0x100000, 0x100000, PAGE, PTE_R | PTE_W);
  map(kernel_table, 0x10000000, 0x10000000, PAGE, PTE_R | PTE_W);
  map(kernel_table, 0x80000000, 0x80000000, PAGES_END - 0x80000000, PTE_R | PTE_W | PTE_X);
}

// An unexpected trap ends the machine.
void unwanted(void);
asm(".text\n.balign 4\nunwanted:\n  li t0, 0x100000\n  li t1, 0x613333\n  sw t1, 0(t0)\n  j unwanted\n");

// Opens memory protection, delegates traps, uses no timer. Enters `supervisor` in S mode with paging on.
void main(uint64 hart) {
  if (hart != 0) return;
  start_paging();
  csr_write(mtvec, unwanted);
  csr_write(stvec, unwanted);
  csr_write(pmpaddr0, 0x3fffffffffffffUL);
  csr_write(pmpcfg0, 0xF);
  csr_write(medeleg, 0xffff);
  csr_write(mideleg, 0xffff);
  csr_clear(mstatus, 3 << 11);
  csr_set(mstatus, 1 << 11);
  csr_write(mepc, supervisor);
  csr_write(satp, SATP_OF(kernel_table));
  asm volatile("sfence.vma");
  asm volatile("mret");
}

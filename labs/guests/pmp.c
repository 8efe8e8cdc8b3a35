// Physical memory protection: U mode may access only what an entry grants, no other memory and no devices.
#include "guest.h"

__attribute__((aligned(4096))) static volatile uint64 open_page[512], closed_page[512];
static volatile uint64 seen, value;

// U mode code: load from a0, then ecall. A trap ends in `trapped`, which returns to the caller of `try_load`.
asm(".text\n.align 12\n"
    "user_code:\n  ld a0, 0(a0)\n  ecall\n"
    ".align 12\n"
    ".globl try_load\n"
    "try_load:\n"
    "  csrw mscratch, ra\n"
    "  la t0, trapped\n  csrw mtvec, t0\n"
    "  la t0, user_code\n  csrw mepc, t0\n"
    "  li t0, 3 << 11\n  csrc mstatus, t0\n"
    "  mret\n"
    ".align 2\n"
    "trapped:\n"
    "  csrr ra, mscratch\n"
    "  ret\n");
uint64 try_load(volatile void *address);
extern char user_code[];

static uint64 load_cause(volatile void *address) {
  uint64 loaded = try_load(address);
  seen = loaded;
  value = csr_read(mtval);
  return csr_read(mcause);
}

static uint64 napot(volatile void *page) { return (uint64)page >> 2 | 0x1ff; }

void main(uint64 hart) {
  if (hart != 0) return;
  open_page[1] = 42;
  csr_write(pmpaddr0, napot(user_code));
  csr_write(pmpaddr1, napot(open_page));
  csr_write(pmpcfg0, 0x1D | 0x19 << 8);
  expect(1, load_cause(&open_page[1]) == 8 && seen == 42);
  expect(2, load_cause(&closed_page[1]) == 5 && value == (uint64)&closed_page[1]);
  expect(3, load_cause((void *)0x10000005) == 5);
  // A top-of-range entry over all addresses, after the other two.
  csr_write(pmpaddr2, 0x3fffffffffffffUL);
  csr_write(pmpcfg0, 0x1D | 0x18 << 8 | 0x0F << 16);
  expect(4, load_cause(&closed_page[1]) == 8);
  expect(5, load_cause(&open_page[1]) == 5);
  // A locked entry also applies to M mode, and cannot be changed.
  csr_write(pmpcfg0, 0x1D | 0x98 << 8 | 0x0F << 16);
  csr_write(pmpcfg0, 0);
  expect(6, csr_read(pmpcfg0) == 0x9800);
  asm volatile("la t0, 1f\n csrw mtvec, t0\n ld t0, 8(%0)\n .align 2\n1:\n" : : "r"(open_page) : "t0", "memory");
  expect(7, csr_read(mcause) == 5);
  finish(0);
}

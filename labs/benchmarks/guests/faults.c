// Many page faults: a program grows its memory, touches every page, gives it back, and begins again. The
// kernel maps a page when it is touched, and does not fill it. So the faults are nearly all the work.
#include "process.h"

#define HEAP 0x10000UL
#define PAGES 2048UL

static uint64 size, faults, freed;

// s1 counts down from a0 rounds; s2 adds up what is read back. Call 1 sets the size of the heap, 2 ends.
asm(".text\n.balign 4096\n.globl user_program\nuser_program:\n"
    "  mv s1, a0\n  li s2, 0\n  li s5, 4096\n"
    "1:\n"
    "  li a0, 0x800000\n  li a7, 1\n  ecall\n"
    "  li s3, 0x10000\n  li s4, 0x810000\n"
    "2:\n"
    "  sd s3, 8(s3)\n  sd s1, 16(s3)\n  ld a1, 8(s3)\n  add s2, s2, a1\n"
    "  add s3, s3, s5\n  bne s3, s4, 2b\n"
    "  li a0, 0\n  li a7, 1\n  ecall\n"
    "  addi s1, s1, -1\n  bnez s1, 1b\n"
    "  mv a0, s2\n  li a7, 2\n  ecall\n"
    ".balign 4096\n");

// Unmaps and frees the pages of the heap from `from` up to its size.
static void shrink(uint64 from) {
  for (uint64 va = HEAP + from; va < HEAP + size; va += PAGE) {
    uint64 *entry = walk(user_table, va, 0);
    if (!entry || !(*entry & PTE_V)) continue;
    page_give((void *)PA_OF(*entry));
    *entry = 0;
    freed++;
  }
}

static void system_call(void) {
  if (A(7) == 1) {
    if (A(0) < size) shrink(A(0));
    size = A(0);
  } else {
    expect(1, freed == faults);
    answer(A(0) ^ faults << 40);
  }
}

static void exception(uint64 cause, uint64 value) {
  expect(100 + cause, cause == 13 || cause == 15);
  expect(2, value >= HEAP && value < HEAP + size);
  uint64 *entry = walk(user_table, value, 1);
  expect(3, entry && !(*entry & PTE_V));
  void *page = page_take();
  expect(4, page != 0);
  *entry = PTE_OF(page) | PTE_V | PTE_R | PTE_W | PTE_U;
  faults++;
}

void supervisor(void) { start_process(rounds(48)); }

// Timer and software interrupts of M mode, and waiting for them.
#include "guest.h"

static volatile uint64 timers, calls[8];

__attribute__((interrupt("machine"))) static void handler(void) {
  uint64 hart = csr_read(mhartid);
  uint64 cause = csr_read(mcause);
  if (cause == (1UL << 63 | 7)) {
    timers++;
    MTIMECMP(hart) = timers < 3 ? MTIMECMP(hart) + 1000000 : ~0UL;
  } else if (cause == (1UL << 63 | 3)) {
    MSIP(hart) = 0;
    calls[hart]++;
  } else {
    finish(100 + cause);
  }
}

void main(uint64 hart) {
  csr_write(mtvec, handler);
  csr_write(mie, 1 << 3);
  csr_set(mstatus, 1 << 3);
  if (hart != 0) {
    while (calls[hart] == 0) asm volatile("wfi");
    MSIP(0) = 1;
    return;
  }
  uint64 start = MTIME;
  expect(1, csr_read(time) >= start);
  expect(2, MTIMECMP(0) == ~0UL);
  MTIMECMP(0) = start + 1000000;
  csr_set(mie, 1 << 7);
  while (timers < 3) asm volatile("wfi");
  uint64 passed = MTIME - start;
  expect(3, passed >= 3000000 && passed < 3001000);
  // The two halves of mtimecmp.
  *(volatile uint32 *)0x2004004 = 5;
  expect(4, MTIMECMP(0) == 0x5ffffffffUL);
  MSIP(1) = 1;
  while (calls[0] == 0) asm volatile("wfi");
  expect(5, calls[1] == 1);
  finish(0);
}

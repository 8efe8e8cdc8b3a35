// A kernel that computes with floating point, which xv6 leaves off, in S mode before it has set stvec.
#include "guest.h"

__attribute__((noinline)) void half(void) {
  asm volatile(
      ".option push\n"
      ".option arch, +d\n"
      "fmv.d.x fa0, zero\n"
      ".option pop\n");
}

static void supervisor(void) {
  half();
  put("not reached\n");
}

void main(uint64 hart) {
  csr_write(pmpaddr0, ~0UL >> 10);
  csr_write(pmpcfg0, 0xF);
  csr_write(mtvec, supervisor);
  csr_write(medeleg, 0xFFFF);
  csr_set(mstatus, 1 << 11);
  csr_write(mepc, supervisor);
  asm volatile("mret");
}

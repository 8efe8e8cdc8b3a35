// Fails in its check number 5: an unexpected exception.
#include "isa.h"

static void on_trap(void) { report(5); }

void main(uint64 hart) {
  csr_write(mtvec, on_trap);
  asm volatile("csrw 0x5c0, zero");
  report(0);
}

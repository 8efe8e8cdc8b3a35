// A kernel that faults in M mode before it has a trap handler.
#include "guest.h"

void main(uint64 hart) {
  put("hello\n");
  csr_write(mtvec, 0);
  *(volatile uint64 *)0x40000000 = 1;
}

// A kernel whose PHYSTOP is larger than RAM: it gives its memory page by page to the free list before it has
// set a trap vector, and fills the first page above 128 MiB.
#include "guest.h"

__attribute__((noinline)) void kfree(uint64 pa) { *(volatile uint8 *)pa = 1; }

__attribute__((noinline)) void kinit(void) {
  for (uint64 pa = 0x87FFF000; pa < 0x90000000; pa += 4096) kfree(pa);
  put("not reached\n");
}

void main(uint64 hart) {
  put("xv6 kernel is booting\n");
  kinit();
  put("not reached\n");
}

// A kernel that panics while it boots, a few calls deep.
#include "guest.h"

volatile int panicked;

__attribute__((noinline)) void panic(char *s) {
  put("panic: ");
  put(s);
  put("\n");
  panicked = 1;
  for (;;)
    ;
}

__attribute__((noinline)) void freerange(uint64 start) {
  if (start & 1) panic("freerange");
  put("not reached\n");
}

__attribute__((noinline)) void kinit(uint64 start) {
  freerange(start);
  put("not reached\n");
}

void main(uint64 hart) {
  put("xv6 kernel is booting\n");
  kinit(0x80001001);
  put("not reached\n");
}

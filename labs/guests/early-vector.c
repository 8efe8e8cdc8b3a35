// A kernel that a compiler has given instructions of V, before it has set a trap vector.
#include "guest.h"

__attribute__((noinline)) void start(void) {
  asm volatile(
      ".option push\n"
      ".option arch, +v\n"
      "vsetivli t0, 4, e64, m1, ta, ma\n"
      ".option pop\n" ::
          : "t0");
}

void main(uint64 hart) {
  start();
  put("not reached\n");
}

// Where exec() enters a program: argc arrives in a0, argv in a1.

#include "user.h"

int main(int argc, char **argv);

// exit() with what main() returned. It has a place of its own in every program, so that whoever watches the
// machine from outside can tell it from the exits of a program's children.
static _Noreturn __attribute__((noinline, used)) void finish(int status) {
  register long a7 __asm__("a7") = SYS_exit;
  register long a0 __asm__("a0") = status;
  for (;;) __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

_Noreturn void start(int argc, char **argv) { finish(main(argc, argv)); }

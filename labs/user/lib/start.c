// exec() enters a program here, with argc in a0 and argv in a1.

#include "user.h"

int main(int argc, char **argv);

// Calls exit() with the result of main(). Its place in the program is its own: so an observer of the machine
// can tell this exit from the exits of the program's children.
static _Noreturn __attribute__((noinline, used)) void finish(int status) {
  register long a7 __asm__("a7") = SYS_exit;
  register long a0 __asm__("a0") = status;
  for (;;) __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

_Noreturn void start(int argc, char **argv) { finish(main(argc, argv)); }

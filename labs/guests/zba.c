// Prints "Z" with one instruction of Zba, as compilers of Ubuntu 25.10 emit it unless told otherwise.
#include "guest.h"

void main(uint64 hart) {
  uint64 uart = 0x10000000, zero = 0;
  asm volatile(
      ".option push\n"
      ".option arch, +zba\n"
      "sh1add %0, %1, %0\n"
      ".option pop\n"
      : "+r"(uart)
      : "r"(zero));
  *(volatile uint8 *)uart = 'Z';
  finish(0);
}

// A kernel that jumps to an address without memory.
#include "guest.h"

void main(uint64 hart) {
  put("hello\n");
  ((void (*)(void))0x123456789abcUL)();
}

// A kernel that resets the machine at once.
#include "guest.h"

void main(uint64 hart) {
  FINISHER = 0x7777;
  for (;;)
    ;
}

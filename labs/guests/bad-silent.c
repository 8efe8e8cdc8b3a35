// A kernel that never writes to the console.
#include "guest.h"

void main(uint64 hart) {
  for (;;)
    ;
}

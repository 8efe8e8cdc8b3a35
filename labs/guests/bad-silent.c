// A kernel that never says a word.
#include "guest.h"

void main(uint64 hart) {
  for (;;)
    ;
}

// Works without end.
#include "isa.h"

void main(uint64 hart) {
  for (volatile uint64 n = 0;; n++)
    ;
}

// Passes after three harts have arrived.
#include "isa.h"

static volatile uint64 arrived;

void main(uint64 hart) {
  __sync_fetch_and_add(&arrived, 1);
  if (hart != 0) return;
  while (arrived != 3)
    ;
  report(0);
}

// Does nothing. It measures the cost of starting and ending a machine.
#include "bench.h"

void main(uint64 hart) {
  if (hart == 0) answer(0);
}

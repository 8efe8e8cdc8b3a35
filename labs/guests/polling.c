// The serial port without interrupts: sends back what is typed, until a full stop.
#include "guest.h"

void main(uint64 hart) {
  if (hart != 0) return;
  for (;;) {
    while ((UART(5) & 1) == 0)
      ;
    uint8 c = UART(0);
    UART(0) = c;
    if (c == '.') finish(0);
  }
}

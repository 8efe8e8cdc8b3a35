// A kernel that panics as xv6 does: it prints a message, sets its variable, and spins.
#include "guest.h"

volatile int panicked;

void main(uint64 hart) {
  put("xv6 kernel is booting\n");
  put("panic: something\n");
  panicked = 1;
  for (;;)
    ;
}

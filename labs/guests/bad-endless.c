// A kernel that never stops writing to the console.
#include "guest.h"

void main(uint64 hart) {
  for (;;) put("hart 0 starting\n");
}

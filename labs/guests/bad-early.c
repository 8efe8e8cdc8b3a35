// A kernel that claims success without being asked, and waits for interrupts that nobody sends.
#include "guest.h"

void main(uint64 hart) { put("init: starting sh\n$ ALL TESTS PASSED\n$ "); }

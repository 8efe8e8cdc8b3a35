// Asks the host to write bytes from an address without memory.
#include "isa.h"

static volatile uint64 call[8] = {64, 1, 0x80000000UL, 1UL << 62};

void main(uint64 hart) { ask((uint64)call); }

// Asks for what no host has.
#include "isa.h"

void main(uint64 hart) { ask(2UL << 56 | 5UL << 48 | 0x123); }

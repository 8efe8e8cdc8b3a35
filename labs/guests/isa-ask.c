// Makes a request that no host can serve.
#include "isa.h"

void main(uint64 hart) { ask(2UL << 56 | 5UL << 48 | 0x123); }

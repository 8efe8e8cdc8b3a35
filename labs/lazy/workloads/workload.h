// What the workloads share. A workload exits with status 0 when it has done its work, and with REFUSED when the kernel
// would not give it the memory that it asked for.

#pragma once

#include "user.h"

enum { REFUSED = 1, WRONG = 2 };

// A page's worth of memory from sbrk(), `pages` times; ends the program where the kernel refuses.
static inline char *pages(long count) {
  char *start = sbrk(count * PGSIZE);
  if (start == SBRK_FAILED) exit(REFUSED);
  return start;
}

// Ends the program where something is not as it must be.
static inline void must(int holds) {
  if (!holds) exit(WRONG);
}

// The next of a sequence of numbers that look random, 0 to 2^32 - 1.
static inline uint64 next(uint64 *state) {
  *state = *state * 6364136223846793005UL + 1442695040888963407UL;
  return *state >> 32;
}

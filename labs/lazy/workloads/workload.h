// What the workloads share. A workload exits with status 0 if it has done its work, and with REFUSED if the
// kernel did not give it the memory that it asked for.

#pragma once

#include "user.h"

enum { REFUSED = 1, WRONG = 2 };

// Gets `pages` pages of memory from sbrk(). Ends the program if the kernel refuses.
static inline char *pages(long count) {
  char *start = sbrk(count * PGSIZE);
  if (start == SBRK_FAILED) exit(REFUSED);
  return start;
}

// Ends the program if `holds` is false.
static inline void must(int holds) {
  if (!holds) exit(WRONG);
}

// The next number of a sequence that looks random, from 0 to 2^32 - 1.
static inline uint64 next(uint64 *state) {
  *state = *state * 6364136223846793005UL + 1442695040888963407UL;
  return *state >> 32;
}

// The break, up and down.

#include "extra.h"

#define GIB (1L << 30)

// Checks that a process which shrinks below zero keeps its memory. xv6 itself then returns the old break.
static void toolittle(long bytes) {
  char *page = fresh(1), *old = sbrk(0);
  *page = 42;
  char *answer = sbrk(bytes);
  require(answer == SBRK_FAILED || answer == old, "sbrk(%ld): expected -1, or the old break, saw %p", bytes, answer);
  expect((long)sbrk(0), (long)old, "the break after sbrk(%ld)", bytes);
  expect(*page, 42, "a byte of the heap after sbrk(%ld)", bytes);
}

void belowzero(void) {
  toolittle(-(long)sbrk(0) - 2 * PGSIZE - 1);
  toolittle(-(long)sbrk(0) - 100 * PGSIZE);
  toolittle(-(long)sbrk(0) - (100L << 20));
  reached();
}

void belowfar(void) {
  toolittle(-0x7fffffffL);
  toolittle(-0x80000000L);
  reached();
}

// Grows as far as the kernel allows, in smaller and smaller steps: never into the trapframe's page, whether
// there is memory or not. Granted memory can be used and given back. This is done in steps too, for a kernel
// that looks at each of the 67 million pages.
void growend(void) {
  int calls = 0;
  char *start = sbrk(0);
  for (long step = GIB; step >= PGSIZE; step /= 2) {
    while (calls <= 300 && sbrk(step) != SBRK_FAILED) calls++;
  }
  char *end = sbrk(0);
  if (end <= TRAPFRAME) {
    end[-1] = 42;
    expect(end[-1], 42, "the last byte below the break at %p", end);
  }
  while ((char *)sbrk(0) > start + GIB) grown(-GIB);
  require(end <= TRAPFRAME, "the break as far as it goes: expected at most %p, saw %p", TRAPFRAME, end);
}

// Five gigabytes, or what the kernel grants, perhaps nothing. Pages a gigabyte apart, past 2 and 4 GiB, must not
// be mixed up.
void bigheap(void) {
  enum { MOST = 5, AT = PGSIZE + 100 };
  char *start = fresh(0);
  int count = 0, ends[2];
  for (; count < MOST; count++) {
    char *old = sbrk(GIB);
    if (old == SBRK_FAILED) break;
    OPTIONALPLACES;
    expect((long)old, (long)(start + count * GIB), "sbrk(1 GiB), call %d", count + 1);
  }
  pipeof(ends);
  for (int i = 0; i < count; i++) {
    OPTIONALPLACES;
    char *at = start + i * GIB + AT;
    at[0] = i + 1;
    expect(write(ends[1], at, 1), 1, "write from %p", at);
    expect(read(ends[0], at + PGSIZE, 1), 1, "read into %p", at + PGSIZE);
  }
  for (int i = 0; i < count; i++) {
    OPTIONALPLACES;
    char *at = start + i * GIB + AT;
    expect(at[0], i + 1, "byte at %p", at);
    expect(at[PGSIZE], i + 1, "byte that was read into %p", at + PGSIZE);
  }
  mustdie(load, start + count * GIB, "load at the break");
  for (int i = count; i > 0; i--) {
    OPTIONALPLACES;
    expect((long)sbrk(-GIB), (long)(start + i * GIB), "sbrk(-1 GiB) with %d GiB", i);
  }
  expect((long)sbrk(0), (long)start, "the break after all was given back");
  mustdie(load, start + AT, "load from memory given back");
  reached();
}

// A page stays if at least one byte of it stays.
void shrinkpart(void) {
  char *page = fresh(2);
  page[0] = 1;
  page[2000] = 2;
  page[3000] = 3;
  page[PGSIZE] = 4;
  grown(-(PGSIZE + 1000));
  expect(page[0] + page[2000] + page[3000], 6, "what is left after sbrk(-5096)");
  grown(-1);
  expect(page[0] + page[2000] + page[3000], 6, "what is left after sbrk(-1)");
  grown(1);
  expect(page[0] + page[2000] + page[3000], 6, "what is left after sbrk(1)");
  mustdie(load, page + PGSIZE, "load from a page given back");
  grown(-((long)sbrk(0) - (long)page - 1));
  expect(page[0], 1, "the only byte that is left of a page");
}

// A page that is given back, and comes again when the process grows.
void zeroagain(void) {
  char *page = fresh(2) + PGSIZE;
  memset(page, 99, PGSIZE);
  grown(-PGSIZE);
  grown(PGSIZE);
  for (int i = 0; i < PGSIZE; i++) expect(page[i], 0, "byte %d of a page that was given back and came again", i);
}

// Only a part of what is given back was ever used.
void shrinkholes(void) {
  enum { PAGES = 1030 };
  for (int round = 0; round < 2; round++) {
    char *start = fresh(PAGES);
    for (int i = 5; i < PAGES; i += 205) {
      expect(start[i * PGSIZE], 0, "page %d, round %d", i, round + 1);
      start[i * PGSIZE] = 7;
    }
    grown(-(PAGES - 6L) * PGSIZE);
    expect(start[5 * PGSIZE], 7, "page 5 after the others were given back");
    mustdie(load, start + 6 * PGSIZE, "load from a page given back, never used,");
    mustdie(load, start + 210 * PGSIZE, "load from a page given back");
    grown(-6L * PGSIZE);
    reached();
  }
}

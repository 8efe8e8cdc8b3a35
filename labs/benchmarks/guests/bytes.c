// The byte loops in which xv6 spends most of its time, as often as xv6 calls them: pages are filled as in
// kfree, kalloc and uvmalloc, pages are copied as in uvmcopy, blocks are moved and compared.
#include "paging.h"

#define POOL 32

static uint8 *pool[POOL];

// As in xv6, forwards or backwards. Not inlined, so that the compiler does not change the loops.
static __attribute__((noinline)) void *memmove(void *to, const void *from, uint64 count) {
  const char *s = from;
  char *d = to;
  if (s < d && s + count > d) {
    s += count;
    d += count;
    while (count-- > 0) *--d = *--s;
  } else {
    while (count-- > 0) *d++ = *s++;
  }
  return to;
}

static __attribute__((noinline)) int memcmp(const void *a, const void *b, uint64 count) {
  const uint8 *x = a, *y = b;
  while (count-- > 0) {
    if (*x != *y) return *x - *y;
    x++, y++;
  }
  return 0;
}

void supervisor(void) {
  for (int n = 0; n < POOL; n++) pool[n] = memset(page_take(), 0, PAGE);
  uint64 sum = 0;
  for (uint64 n = rounds(20000), round = 0; round < n; round++) {
    uint8 *page = pool[round % POOL], *other = pool[(round * 7 + 3) % POOL], *last = pool[(round + 5) % POOL];
    memset(page, 1, PAGE);
    memset(page, 5, PAGE);
    memset(page, 0, PAGE);
    memset(other, 5, PAGE);
    memset(other, round, PAGE);
    memset(last, 5, PAGE);
    // Each page gets a few bytes that differ.
    page[round * 61 % PAGE] = round;
    other[round * 127 % PAGE] = round >> 8;
    memmove(last, other, PAGE);
    memmove(page + 100, page, 1024);
    memmove(page, page + 3000, 16);
    sum = sum * 31 + memcmp(last, other, 1024) + memcmp(page, last, 512) * 3 + page[(round * 61 + 100) % PAGE];
  }
  for (int n = 0; n < POOL; n++)
    for (uint64 m = 0; m < PAGE; m += 8) sum = sum * 31 + *(uint64 *)(pool[n] + m);
  answer(sum);
}

// sparse PAGES ITEMS: an array of PAGES * 512 words. ITEMS words, at places that look random, are set, and as
// many are only read. A word that was never set is zero, whether its page is there or not.

#include "workload.h"

#define WORDS (PGSIZE / sizeof(uint64))

int main(int argc, char **argv) {
  must(argc == 3);
  uint64 words = atoi(argv[1]) * WORDS;
  int items = atoi(argv[2]);
  must(words > 0);
  uint64 *array = (uint64 *)pages(words / WORDS), state = 1, zeroes = 0;
  for (int i = 0; i < items; i++) array[next(&state) % words] = 1;
  for (int i = 0; i < items; i++) zeroes += array[next(&state) % words] == 0;
  must(zeroes <= (uint64)items);
  return 0;
}

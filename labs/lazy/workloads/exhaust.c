// exhaust: asks for 4 MiB of memory at a time, and stores to every page of it, until there is no more memory.

#include "workload.h"

enum { PAGES = 1024 };

int main(void) {
  for (;;) {
    char *heap = pages(PAGES);
    for (long page = 0; page < PAGES; page++) heap[page * PGSIZE] = 1;
  }
}

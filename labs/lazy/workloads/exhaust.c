// exhaust: asks for memory, 4 MiB at a time, and stores into every page of it, until there is none.

#include "workload.h"

enum { PAGES = 1024 };

int main(void) {
  for (;;) {
    char *heap = pages(PAGES);
    for (long page = 0; page < PAGES; page++) heap[page * PGSIZE] = 1;
  }
}

// little PAGES STRIDE: asks for much memory and stores to one page in STRIDE.

#include "workload.h"

int main(int argc, char **argv) {
  must(argc == 3);
  long count = atoi(argv[1]), stride = atoi(argv[2]);
  must(stride > 0);
  char *heap = pages(count);
  for (long page = 0; page < count; page += stride) heap[page * PGSIZE] = 1;
  return 0;
}

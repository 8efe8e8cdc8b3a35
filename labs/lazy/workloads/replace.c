// replace PAGES TOUCHED: asks for PAGES pages, stores to TOUCHED of them, and then executes another program:
// itself, without arguments.

#include "workload.h"

int main(int argc, char **argv) {
  if (argc == 1) return 0;
  must(argc == 3);
  long count = atoi(argv[1]), touched = atoi(argv[2]);
  must(touched <= count);
  char *heap = pages(count);
  for (long page = 0; page < touched; page++) heap[page * PGSIZE] = 1;
  char *arguments[] = {"replace", 0};
  exec("replace", arguments);
  return WRONG;
}

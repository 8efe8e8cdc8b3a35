// forks PAGES TOUCHED CHILDREN: a process has a heap of PAGES pages, and stores to TOUCHED of them. Each of
// its CHILDREN lives until the last one was made, then stores to one more page.

#include "workload.h"

int main(int argc, char **argv) {
  must(argc == 4);
  long count = atoi(argv[1]), touched = atoi(argv[2]);
  int children = atoi(argv[3]), ends[2];
  must(touched < count && pipe(ends) == 0);
  char *heap = pages(count);
  for (long page = 0; page < touched; page++) heap[page * PGSIZE] = 1;
  for (int child = 0; child < children; child++) {
    int pid = fork();
    if (pid < 0) exit(REFUSED);
    if (pid == 0) {
      char byte;
      close(ends[1]);
      read(ends[0], &byte, 1);  // it ends when no process is left that could write
      heap[touched * PGSIZE] = 1;
      exit(0);
    }
  }
  close(ends[1]);
  for (int child = 0; child < children; child++) {
    int status;
    must(wait(&status) > 0 && status == 0);
  }
  return 0;
}

// buffers ROUNDS: all bytes that are given to a system call, and all bytes that a call fills, are in memory
// that the program has never touched. So the kernel is the first to access it. Each round uses four pages of
// eight.

#include "workload.h"

#define EACH 8
#define HALF 256

int main(int argc, char **argv) {
  must(argc == 2);
  int rounds = atoi(argv[1]), ends[2];
  must(pipe(ends) == 0);
  char *heap = pages((long)rounds * EACH);
  for (int round = 0; round < rounds; round++) {
    char *from = heap + (long)round * EACH * PGSIZE, *to = from + 3 * PGSIZE - HALF;
    must(write(ends[1], from, 2 * HALF) == 2 * HALF);  // the first page
    must(read(ends[0], to, 2 * HALF) == 2 * HALF);     // the third and the fourth
    int *status = (int *)(from + 6 * PGSIZE);  // the seventh
    int pid = fork();
    if (pid < 0) exit(REFUSED);
    if (pid == 0) exit(3);
    must(wait(status) == pid && *status == 3);
    must(to[0] == 0 && to[2 * HALF - 1] == 0);
  }
  return 0;
}

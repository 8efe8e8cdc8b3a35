// quota: shows what a memory quota does to a family of processes (labrunner run --quota 200 quota).
//
// Under a quota, a process gives each child half of the pages that it has left. It gets them back when it has
// waited for the child. So a child that takes all it can is refused at some time, and its parent can go on.

#include "user.h"

// A quota for this program should be smaller than this many pages.
enum { MANY = 4096 };

static _Noreturn void fail(const char *what) {
  printf("quota: %s\n", what);
  exit(1);
}

// Takes up to `most` pages and uses each. If `fd` is not -1, writes a byte to it for each page. When there
// are none left, sbrk() refuses if it allocates at once; else the first use of a page is death.
static int take(int most, int fd) {
  for (int taken = 0; taken < most; taken++) {
    char *page = sbrk(PGSIZE);
    if (page == SBRK_FAILED) return taken;
    *page = 1;
    if (fd >= 0) write(fd, "p", 1);
  }
  return most;
}

// How many pages a child can take before it is refused one.
static int childtakes(void) {
  int ends[2], status, count = 0;
  char byte;
  if (pipe(ends) < 0) fail("pipe() was refused");
  int pid = fork();
  if (pid < 0) fail("fork() was refused: the quota has no room for a child");
  if (pid == 0) {
    close(ends[0]);
    exit(take(MANY, ends[1]) < MANY);
  }
  close(ends[1]);
  while (read(ends[0], &byte, 1) == 1) count++;
  close(ends[0]);
  wait(&status);
  if (status == 0) fail("the child was refused nothing: is there a quota?");
  return count;
}

// A process forks, its child forks, and so on. Each has half of what its parent has left. Returns how many
// there are when one is refused. That is their exit status.
static int descendants(void) {
  int status, pid = fork();
  if (pid < 0) return 0;
  if (pid == 0) exit(descendants());
  wait(&status);
  return status < 0 ? 0 : 1 + status;
}

int main(void) {
  int first = childtakes();
  printf("quota: a child took %d pages and was refused the next\n", first);
  int second = childtakes();
  printf("quota: so did a second child, with %d\n", second);
  if (first == 0 || first != second) fail("the parent has not got back what the first child had");
  int deep = descendants();
  printf("quota: fork() was refused to descendant number %d\n", deep);
  if (deep == 0 || deep > 20) fail("a child of a child has as much as its parent");
  if (take(2 * first, -1) < 2 * first) fail("the parent was refused what is its own");
  printf("quota: the parent then took %d pages itself\n", 2 * first);
  return 0;
}

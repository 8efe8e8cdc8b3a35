// forktest: forks until the kernel refuses, then waits for every child. The program is small. So the process
// table runs out before memory does.

#include "user.h"

static _Noreturn void fail(const char *why) {
  printf("fork test: %s\n", why);
  exit(1);
}

int main(void) {
  int made = 0;
  printf("fork test\n");
  for (; made < 1000; made++) {
    int pid = fork();
    if (pid < 0) break;
    if (pid == 0) exit(0);
  }
  if (made == 0) fail("no fork succeeded");
  if (made == 1000) fail("1000 forks succeeded");
  for (int left = made; left > 0; left--) {
    if (wait(0) < 0) fail("wait() lost a child");
  }
  if (wait(0) != -1) fail("wait() found a child too many");
  printf("fork test OK\n");
  return 0;
}

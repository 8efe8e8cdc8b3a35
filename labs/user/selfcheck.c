// selfcheck: tries whether wait() tells what exit() was given. The tests rely on that, so it runs before them.
// It exits with status 0 if all is right. Two children exit, one with 7 and one with 0.

#include "checks.h"

int main(void) {
  static const struct {
    int exits, before;  // the child's status, and what the variable holds before wait()
  } children[] = {{7, 0}, {0, NOSTATUS}};
  testname = "selfcheck";
  for (int i = 0; i < 2; i++) {
    int status = children[i].before;
    int pid = succeed(fork(), "fork() of child %d", i + 1);
    if (pid == 0) exit(children[i].exits);
    expect(wait(&status), pid, "wait() for the child that exits with %d", children[i].exits);
    expect(status, children[i].exits, "status of the child that exits with %d", children[i].exits);
  }
  refuse(wait(0), "wait() without children");
  return 0;
}

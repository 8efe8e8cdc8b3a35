// init [COMMAND...]: the first process.
//
// Opens the console as descriptors 0, 1 and 2, then keeps a shell running and waits for orphans. With
// arguments, it runs them as the only command, which is process 2, and then waits for orphans without end.

#include "user.h"

static void openconsole(void) {
  if (open("console", O_RDWR) < 0) {
    mknod("console", CONSOLE, 0);
    open("console", O_RDWR);
  }
  dup(0);
  dup(0);
}

static int spawn(const char *path, char **argv) {
  int pid = fork();
  if (pid < 0) {
    printf("init: fork failed\n");
    exit(1);
  }
  if (pid == 0) {
    exec(path, argv);
    printf("init: exec %s failed\n", path);
    exit(127);
  }
  return pid;
}

// When wait() finds no child, no process is left that could make another. Then init only sleeps.
static _Noreturn void reapforever(void) {
  for (;;) {
    if (wait(0) < 0) sleep(0x7fffffff);
  }
}

int main(int argc, char **argv) {
  static char *shell[] = {"sh", 0};
  openconsole();
  if (argc > 1) {
    spawn(argv[1], argv + 1);
    reapforever();
  }
  for (;;) {
    printf("init: starting sh\n");
    int pid = spawn("sh", shell);
    int found;
    do {
      found = wait(0);
      if (found < 0) {
        printf("init: wait failed\n");
        return 1;
      }
    } while (found != pid);
  }
}

// Many processes: each round forks a child and waits for it. The child executes this program again and ends.
//
//   forks [ROUNDS]
#include "user.h"

int main(int argc, char **argv) {
  if (argc > 2) exit(atoi(argv[2]));
  int rounds = argc > 1 ? atoi(argv[1]) : 4000;
  for (int n = 0; n < rounds; n++) {
    int pid = fork();
    if (pid == 0) {
      char *child[] = {"forks", "0", "7", 0};
      exec(child[0], child);
      exit(1);
    }
    int status = 0;
    if (pid < 0 || wait(&status) != pid || status != 7) exit(1);
  }
  return 0;
}

// Many system calls: each round asks for the pid, moves the break by 0 bytes, and asks about an open file.
//
//   asks [ROUNDS]
#include "user.h"

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 500000;
  int pid = getpid();
  char *end = sbrk(0);
  struct stat st;
  for (int n = 0; n < rounds; n++) {
    if (getpid() != pid || sbrk(0) != end) return 1;
    if (fstat(0, &st) < 0 || st.type != T_DEVICE) return 2;
  }
  return 0;
}

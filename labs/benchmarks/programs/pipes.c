// Much sleeping and waking: two processes send a byte back and forth.
//
//   pipes [ROUNDS]
#include "user.h"

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 60000;
  int there[2], back[2];
  char byte = 1;
  if (pipe(there) < 0 || pipe(back) < 0) return 1;
  if (fork() == 0) {
    for (int n = 0; n < rounds; n++) {
      if (read(there[0], &byte, 1) != 1) return 1;
      byte++;
      if (write(back[1], &byte, 1) != 1) return 1;
    }
    return byte;
  }
  for (int n = 0; n < rounds; n++)
    if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) return 2;
  int status;
  wait(&status);
  return status == byte && byte == (char)(rounds + 1) ? 0 : 3;
}

// Many file operations: each round writes a file, reads it back, asks about it by name, and removes it.
//
//   files [ROUNDS]
#include "user.h"

static char block[3000], copy[3000];

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 3000;
  mkdir("some");
  for (int n = 0; n < rounds; n++) {
    memset(block, n, sizeof block);
    int fd = open("some/file", O_CREATE | O_RDWR);
    if (fd < 0 || write(fd, block, sizeof block) != sizeof block) return 1;
    close(fd);
    struct stat st;
    if (stat("some/file", &st) < 0 || st.size != sizeof block) return 2;
    fd = open("some/file", O_RDONLY);
    if (read(fd, copy, sizeof copy) != sizeof copy || memcmp(block, copy, sizeof copy) != 0) return 3;
    close(fd);
    if (unlink("some/file") < 0) return 4;
  }
  return 0;
}

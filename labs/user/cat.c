// cat [FILE...]: writes the files, or standard input, to standard output.

#include "user.h"

static int copy(int fd, const char *name) {
  static char bytes[512];
  int count;
  while ((count = read(fd, bytes, sizeof(bytes))) > 0) {
    if (write(1, bytes, count) != count) {
      fprintf(2, "cat: write error\n");
      return -1;
    }
  }
  if (count < 0) fprintf(2, "cat: %s: read error\n", name);
  return count;
}

int main(int argc, char **argv) {
  if (argc < 2) return copy(0, "standard input") < 0;
  for (int i = 1; i < argc; i++) {
    int fd = open(argv[i], O_RDONLY);
    if (fd < 0) {
      fprintf(2, "cat: cannot open %s\n", argv[i]);
      return 1;
    }
    if (copy(fd, argv[i]) < 0) return 1;
    close(fd);
  }
  return 0;
}

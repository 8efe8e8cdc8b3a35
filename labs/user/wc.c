// wc [FILE...]: counts lines, words and bytes.

#include "user.h"

static int count(int fd, const char *name) {
  static char bytes[512];
  int lines = 0, words = 0, total = 0, inword = 0, got;
  while ((got = read(fd, bytes, sizeof(bytes))) > 0) {
    total += got;
    for (int i = 0; i < got; i++) {
      int space = bytes[i] != 0 && strchr(" \r\t\n\v", bytes[i]) != 0;
      if (bytes[i] == '\n') lines++;
      if (!space && !inword) words++;
      inword = !space;
    }
  }
  if (got < 0) {
    fprintf(2, "wc: %s: read error\n", name);
    return 1;
  }
  printf("%d %d %d %s\n", lines, words, total, name);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 2) return count(0, "");
  for (int i = 1; i < argc; i++) {
    int fd = open(argv[i], O_RDONLY);
    if (fd < 0) {
      fprintf(2, "wc: cannot open %s\n", argv[i]);
      return 1;
    }
    if (count(fd, argv[i])) return 1;
    close(fd);
  }
  return 0;
}

// Functions for files, besides the system calls.

#include "user.h"

int stat(const char *path, struct stat *into) {
  int fd = open(path, O_RDONLY);
  if (fd < 0) return -1;
  int answer = fstat(fd, into);
  close(fd);
  return answer;
}

char *gets(char *into, int size) {
  int length = 0;
  char c;
  while (length + 1 < size && read(0, &c, 1) == 1) {
    into[length++] = c;
    if (c == '\n' || c == '\r') break;
  }
  into[length] = 0;
  return into;
}

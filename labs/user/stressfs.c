// stressfs: five processes write files of their own at the same time, and read them back.

#include "user.h"

int main(void) {
  static char bytes[512];
  char path[] = "stressfs0";
  enum { PROCESSES = 5, ROUNDS = 20 };
  int number = 0;
  printf("stressfs starting\n");
  while (number < PROCESSES - 1 && fork() > 0) number++;
  path[8] += number;
  memset(bytes, 'a' + number, sizeof(bytes));
  printf("write %d\n", number);
  int fd = open(path, O_CREATE | O_RDWR);
  for (int i = 0; i < ROUNDS; i++) write(fd, bytes, sizeof(bytes));
  close(fd);
  printf("read %d\n", number);
  int status = 0;
  fd = open(path, O_RDONLY);
  for (int i = 0; i < ROUNDS; i++) {
    if (read(fd, bytes, sizeof(bytes)) != sizeof(bytes) || bytes[0] != 'a' + number) status = 1;
  }
  close(fd);
  while (wait(0) > 0) {
  }
  return status;
}

// zombie: makes a child that exits, and then exits without waiting for it, so that init must wait.

#include "user.h"

int main(void) {
  if (fork() > 0) sleep(5);
  return 0;
}

// zombie: leaves a child that has exited to be waited for by init.

#include "user.h"

int main(void) {
  if (fork() > 0) sleep(5);
  return 0;
}

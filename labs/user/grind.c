// grind [ROUNDS [SEED]]: two processes make random system calls, to find races and leaks in the kernel.
// Without arguments they never end. Two runs with the same numbers make the same calls in each process.

#include "user.h"

static uint64 state;

// An xorshift generator: the state is never 0.
static uint random(uint below) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint)(state >> 32) % below;
}

static const char *randompath(void) {
  static const char *const paths[] = {
      "a", "b", "grindir", "grindir/a", "grindir/b", "../a", "grindir/../a", "grindir/../../b",
  };
  return paths[random(sizeof(paths) / sizeof(paths[0]))];
}

static void child(void (*body)(void)) {
  int pid = fork();
  if (pid < 0) return;
  if (pid == 0) {
    body();
    exit(0);
  }
  wait(0);
}

static void forktwice(void) {
  fork();
  fork();
}

static void killself(void) {
  kill(getpid());
  for (;;) {
  }
}

static void exececho(void) {
  char *argv[] = {"echo", "x", 0};
  close(1);
  exec("echo", argv);
}

static void execwrong(void) {
  char *argv[] = {(char *)0xffffffffffUL, 0};
  exec("echo", argv);
}

static void growandtouch(void) {
  uint size = 1 + random(20 * PGSIZE);
  char *memory = sbrk(size);
  if (memory != SBRK_FAILED) memory[random(size)] = 1;
}

static void shrink(void) {
  static char *start;
  if (start == 0) start = sbrk(0);
  uint64 grown = sbrk(0) - start;
  if (grown > 0) sbrk(-(long)random((uint)grown));
}

static void throughpipe(void) {
  int ends[2];
  char byte = 'x', back = 0;
  if (pipe(ends) < 0) return;
  int pid = fork();
  if (pid == 0) {
    close(ends[0]);
    write(ends[1], &byte, 1);
    exit(0);
  }
  close(ends[1]);
  if (pid > 0 && (read(ends[0], &back, 1) != 1 || back != byte)) {
    printf("grind: the pipe lost its byte\n");
    exit(1);
  }
  close(ends[0]);
  if (pid > 0) wait(0);
}

static int keptopen = -1;

static void step(void) {
  static char bytes[999];
  struct stat about;
  switch (random(21)) {
  case 0: close(open(randompath(), O_CREATE | O_RDWR)); break;
  case 1: close(open(randompath(), O_RDWR | O_TRUNC)); break;
  case 2: unlink(randompath()); break;
  case 3: link(randompath(), randompath()); break;
  case 4: mkdir(randompath()); break;
  case 5:
    if (chdir("grindir") == 0) {
      unlink("../a");
      chdir("/");
    }
    break;
  case 6:
    close(keptopen);
    keptopen = open(randompath(), O_CREATE | O_RDWR);
    break;
  case 7: write(keptopen, bytes, random(sizeof(bytes))); break;
  case 8: read(keptopen, bytes, random(sizeof(bytes))); break;
  case 9: close(dup(keptopen)); break;
  case 10: fstat(keptopen, &about); break;
  case 11: child(forktwice); break;
  case 12: child(killself); break;
  case 13: child(exececho); break;
  case 14: child(execwrong); break;
  case 15: growandtouch(); break;
  case 16: shrink(); break;
  case 17: throughpipe(); break;
  case 18: child(growandtouch); break;
  case 19: read(keptopen, (void *)(KERNBASE + random(1 << 20)), 100); break;
  case 20: sleep(1); break;
  }
}

static _Noreturn void grind(uint seed, int rounds) {
  state = 0x9e3779b97f4a7c15UL * (seed + 1) | 1;
  mkdir("grindir");
  for (int i = 0; rounds == 0 || i < rounds; i++) {
    step();
    if (i % 500 == 499) write(1, seed % 2 ? "B" : "A", 1);
  }
  exit(0);
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 0;
  uint seed = argc > 2 ? (uint)atoi(argv[2]) : 0;
  int failed = 0, status;
  for (int i = 0; i < 2; i++) {
    int pid = fork();
    if (pid < 0) {
      printf("grind: fork failed\n");
      return 1;
    }
    if (pid == 0) grind(2 * seed + i, rounds);
  }
  while (wait(&status) > 0) failed |= status != 0;
  printf("\n");
  return failed;
}

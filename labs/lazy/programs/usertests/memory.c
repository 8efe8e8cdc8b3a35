// Memory: sbrk(), running out of memory, and addresses that no process may access.

#include "usertests.h"

#define MIB (1024 * 1024L)

// Moves the break to where kernels have counted their pages wrong. It does not matter what happens to the
// children: the first one loses the code that it runs.
void sbrkbugs(void) {
  static const struct {
    long first, then;
  } breaks[] = {{0, 0}, {3500, 0}, {10 * PGSIZE + 2048, -10}};
  for (int i = 0; i < 3; i++) {
    if (forked() == 0) {
      reached();
      sbrk(breaks[i].first - (long)sbrk(0));
      if (breaks[i].then) sbrk(breaks[i].then);
      exit(0);
    }
    wait(0);
    reached();
  }
}

void sbrkbasic(void) {
  long gigabyte = 1024 * MIB;
  if (forked() == 0) {
    char *start = sbrk(gigabyte);
    reached();
    if (start == SBRK_FAILED) exit(0);
    for (char *page = start; page < start + gigabyte; page += PGSIZE) *page = 99;
    fail("use of a gigabyte: expected sbrk() to fail or the process to be killed, saw neither");
  }
  if (waited() == 1) exit(1);

  char *top = sbrk(0);
  for (int i = 0; i < 5000; i++) {
    expect((long)sbrk(1), (long)top, "sbrk(1), call %d", i);
    *top++ = 1;
  }
  int pid = forked();
  sbrk(1);
  expect((long)sbrk(1), (long)(top + 1), "sbrk(1) after fork()");
  if (pid == 0) exit(0);
  joined();
  reached();
}

void sbrkmuch(void) {
  long big = 100 * MIB;
  char *old = sbrk(0), *end = (char *)big;
  expect((long)sbrk(big - (long)old), (long)old, "sbrk() to 100 MiB");
  for (char *page = old; page < end; page += PGSIZE) *page = 1;
  end[-1] = 99;

  require(sbrk(-PGSIZE) != SBRK_FAILED, "sbrk(-PGSIZE): expected the old break, saw -1");
  expect((long)sbrk(0), (long)(end - PGSIZE), "the break after sbrk(-PGSIZE)");
  expect((long)sbrk(PGSIZE), (long)(end - PGSIZE), "sbrk(PGSIZE)");
  expect((long)sbrk(0), (long)end, "the break after sbrk(PGSIZE)");
  require(end[-1] != 99, "a byte of a page that was given back and came again: expected 0, saw what was stored");

  expect((long)sbrk(-(big - (long)old)), (long)end, "sbrk() back from 100 MiB");
}

void sbrkfail(void) {
  enum { CHILDREN = 10 };
  long big = 100 * MIB;
  int ends[2], pids[CHILDREN];
  char byte;
  pipeof(ends);
  for (int i = 0; i < CHILDREN; i++) {
    pids[i] = fork();
    if (pids[i] == 0) {
      sbrk(big - (long)sbrk(0));  // may fail: there is not enough memory for all of them
      write(ends[1], "x", 1);
      for (;;) sleep(1000);
    }
    if (pids[i] > 0) read(ends[0], &byte, 1);
  }
  char *page = sbrk(PGSIZE);
  for (int i = 0; i < CHILDREN; i++) {
    if (pids[i] < 0) continue;
    kill(pids[i]);
    wait(0);
  }
  require(page != SBRK_FAILED, "sbrk(PGSIZE) after others had failed: expected what they took to be free, saw -1");

  if (forked() == 0) {
    volatile char *start = sbrk(0);
    sbrk(10 * big);
    reached();
    for (long at = 0; at < 10 * big; at += PGSIZE) (void)start[at];
    fail("load from each page of 1,000 MiB: expected the process to be killed, saw it succeed");
  }
  int status = waited();
  if (status == 1) exit(1);
  require(status == KILLED || status == 2,
          "exit status of a process that reads more memory than there is: expected -1, saw %d", status);
}

// Memory that the kernel touches before the process does.
void sbrkarg(void) {
  char *page = grown(PGSIZE);
  int fd = opened("sbrk", O_CREATE | O_WRONLY);
  unlink("sbrk");
  succeed(write(fd, page, PGSIZE), "write from a fresh page");
  close(fd);
  page = grown(PGSIZE);
  succeed(pipe((int *)page), "pipe into a fresh page");
}

// All of memory by malloc(), and again after free(). With lazy allocation, the kernel kills the process.
void mem(void) {
  if (forked() == 0) {
    reached();
    void **last = 0, **block;
    while ((block = malloc(10001)) != 0) {
      *block = last;
      last = block;
    }
    while (last) {
      block = *last;
      free(last);
      last = block;
    }
    if (malloc(20 * 1024) == 0) fail("malloc(20 KiB) after all was freed: expected a block, saw 0");
    exit(0);
  }
  int status = waited();
  if (status == 1) exit(1);
  require(status == KILLED || status == 0, "exit status of a process that uses all memory: expected 0 or -1, saw %d",
          status);
}

// exec() with 0, 1, 2, ... pages left, up to more than it needs. It may work or fail. One process holds most
// of the memory all the time, so that the others have only few pages to take.
void execout(void) {
  enum { SPARE = 128, ENOUGH = 15 };
  int ready[2];
  char byte;
  int most = countroughly() - SPARE;
  pipeof(ready);
  int holder = forked();
  if (holder == 0) {
    takeexactly(most);
    write(ready[1], "x", 1);
    for (;;) sleep(1000);
  }
  close(ready[1]);
  expect(read(ready[0], &byte, 1), 1, "read of the byte of a process that takes %d pages", most);
  close(ready[0]);
  int rest = countfree();
  for (int left = 0; left < ENOUGH; left++) {
    if (forked() == 0) {
      char *argv[] = {"echo", "x", 0};
      takeexactly(rest - left);
      close(1);
      exec("echo", argv);
      exit(0);
    }
    wait(0);
    reached();
  }
  kill(holder);
  wait(0);
  reached();
}

void stacktest(void) {
  if (forked() == 0) {
    volatile char *guard = (char *)__builtin_frame_address(0) - PGSIZE;
    reached();
    int found = *guard;
    fail("load from %p, below the stack: expected the process to be killed, saw %d", (void *)guard, found);
  }
  int status = waited();
  if (status == 1) exit(1);
  require(status == KILLED || status == 0,
          "exit status of a process that reads below its stack: expected -1, saw %d", status);
}

void kernmem(void) {
  for (uint64 address = KERNBASE; address < KERNBASE + 2000000; address += 50000) {
    if (forked() == 0) {
      reached();
      int found = *(volatile char *)address;
      fail("load from %p, the kernel's: expected the process to be killed, saw %d", (void *)address, found);
    }
    int status = waited();
    if (status == 1) exit(1);
    expect(status, KILLED, "exit status of a process that reads %p", (void *)address);
  }
}

static char uninitialised[10000];

void bsstest(void) {
  for (uint i = 0; i < sizeof(uninitialised); i++) expect(uninitialised[i], 0, "uninitialised byte %d", i);
}

// What the tests share. A test is a function without arguments. It runs in a process of its own, and passes
// if that process exits with status 0 and no check failed, in it or in its children (checks.h).

#pragma once

#include "checks.h"

struct test {
  const char *name;
  void (*body)(void);
};

// Memory for any use, larger than what one transaction of the file system may write.
#define SCRATCH ((MAXOPBLOCKS + 2) * BSIZE)
extern char scratch[SCRATCH];

// The status of a process that the kernel killed.
#define KILLED (-1)

// Addresses that no process can have: in the kernel's memory, and at the very top.
extern const uint64 wildaddresses[2];

// Like the system calls, but the test fails if the kernel refuses. The size of the heap is in bytes.
int forked(void);
void pipeof(int ends[2]);
int opened(const char *path, int flags);
char *grown(long bytes);

// Waits for any child. Returns its exit status.
int waited(void);
// Waits for a child that must exit with status 0.
void joined(void);
// Makes a file that holds `text`.
void makefile(const char *path, const char *text);
// Grows the heap by some pages and touches each of them. Exits with status 2 if there is no room.
void takeexactly(int pages);
// How many pages a process can have before memory runs out. If roughly, it may be up to 255 too few.
int countroughly(void);
int countfree(void);
// Whether a process can have at least this many pages.
int havefree(int pages);

// Every test, in the order in which they run. Its name is that of its function.
#define USERTESTS(test) \
  test(execout) test(copyin) test(copyout) test(copyinstr1) test(copyinstr2) test(copyinstr3)         \
  test(rwsbrk) test(truncate1) test(truncate2) test(truncate3) test(reparent2) test(pgbug)            \
  test(sbrkbugs) test(badarg) test(reparent) test(twochildren) test(forkfork) test(forkforkfork)      \
  test(argptest) test(createdelete) test(linkunlink) test(linktest) test(unlinkread) test(concreate)  \
  test(subdir) test(fourfiles) test(sharedfd) test(exectest) test(bigargtest) test(bigwrite)          \
  test(bsstest) test(sbrkbasic) test(sbrkmuch) test(kernmem) test(sbrkfail) test(sbrkarg)             \
  test(validatetest) test(stacktest) test(opentest) test(writetest) test(writebig) test(createtest)   \
  test(openiput) test(exitiput) test(iput) test(mem) test(pipe1) test(preempt) test(exitwait)         \
  test(rmdot) test(fourteen) test(bigfile) test(dirfile) test(iref) test(forktest) test(bigdir)

#define DECLARED(name) void name(void);
USERTESTS(DECLARED)

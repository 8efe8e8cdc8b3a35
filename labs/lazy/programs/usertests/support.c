// Checks, and system calls that must succeed.

#include "usertests.h"

char scratch[SCRATCH];
const uint64 wildaddresses[2] = {KERNBASE, ~0UL};

int forked(void) { return succeed(fork(), "fork()"); }

void pipeof(int ends[2]) { succeed(pipe(ends), "pipe()"); }

int opened(const char *path, int flags) { return succeed(open(path, flags), "open(%s, 0x%x)", path, flags); }

char *grown(long bytes) {
  char *old = sbrk(bytes);
  if (old == SBRK_FAILED) fail("sbrk(%ld): expected the old break, saw -1", bytes);
  return old;
}

int waited(void) {
  int status = NOSTATUS;
  require(wait(&status) > 0, "wait() for a child: expected its pid, saw none");
  require(status != NOSTATUS, "wait() for a child: expected its status, saw none stored");
  return status;
}

void joined(void) {
  int status = waited();
  if (status == 1) exit(1);  // the child has said why
  expect(status, 0, "exit status of a child");
}

void makefile(const char *path, const char *text) {
  int fd = opened(path, O_CREATE | O_WRONLY | O_TRUNC), length = strlen(text);
  expect(write(fd, text, length), length, "write of %d bytes to %s", length, path);
  close(fd);
}

void takeexactly(int pages) {
  char *taken = sbrk((long)pages * PGSIZE);
  if (taken == SBRK_FAILED) exit(2);
  for (int i = 0; i < pages; i++) taken[i * (long)PGSIZE] = 1;
}

// Takes pages one by one, and reports every `each` of them through `report`, until there are no more. Then
// sbrk() refuses; with lazy allocation, the process is killed.
static _Noreturn void takepages(int already, int each, int report) {
  takeexactly(already);
  for (int count = 1;; count++) {
    char *page = sbrk(PGSIZE);
    if (page == SBRK_FAILED) exit(0);
    *page = 1;
    if (count % each == 0 && write(report, "p", 1) != 1) exit(1);
  }
}

// After fork(), a kernel with copy-on-write owes each of the two a copy of what it writes. The parent takes its
// copies while the child sleeps. So it needs no page when there are none, and counts the same each time.
static int countreports(int already, int each) {
  int ends[2], count = 0, got;
  pipeof(ends);
  if (forked() == 0) {
    close(ends[0]);
    sleep(2);
    takepages(already, each, ends[1]);
  }
  memset(scratch, 0, SCRATCH);
  close(ends[1]);
  while ((got = read(ends[0], scratch, SCRATCH)) > 0) count += got;
  close(ends[0]);
  waited();
  return already + count * each;
}

enum { ROUGHLY = 256 };

int countroughly(void) { return countreports(0, ROUGHLY); }

// Counts roughly first, so that only few pages must be reported one by one.
int countfree(void) { return countreports(countroughly(), 1); }

// A pipe is open here, because countfree() also counted with an open pipe.
int havefree(int pages) {
  int ends[2], status = -1;
  if (pipe(ends) < 0) return 0;
  int pid = fork();
  if (pid == 0) {
    takeexactly(pages);
    exit(0);
  }
  if (pid > 0) status = waited();
  close(ends[0]);
  close(ends[1]);
  return status == 0;
}

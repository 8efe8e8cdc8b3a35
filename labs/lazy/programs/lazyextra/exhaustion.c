// Memory runs out in the middle of an operation. Afterwards all pages must be there again.

#include "extra.h"

// About how many free pages these tests leave: enough for a process, and soon used up.
enum { SPARE = 128 };

// Runs `body` with 0, 1, 2, ... pages left. It may fail, or the process may be killed. No page may get lost.
static void withpagesleft(void (*body)(int fd)) {
  enum { MOST = 10 };
  int holder = holdallbut(SPARE), rest = countfree();
  int fd = opened("scrap", O_CREATE | O_RDWR);
  succeed(unlink("scrap"), "unlink(scrap)");
  memset(scratch, 1, 2 * PGSIZE);
  expect(write(fd, scratch, 2 * PGSIZE), 2 * PGSIZE, "write of two pages to a file");
  for (int left = 0; left < MOST; left++) {
    if (forked() == 0) {
      takeexactly(rest - left);
      body(fd);
      exit(0);
    }
    int status = waited();
    if (status == 1) exit(1);
    require(status == KILLED || status == 0 || status == 2, "%d pages left: expected exit status 0 or -1, saw %d", left,
            status);
  }
  close(fd);
  expect(countfree(), rest, "free pages after memory ran out %d times", MOST);
  letgo(holder);
}

// Memory for a system call, perhaps without any pages for it. An eager kernel refuses this.
static char *unbacked(int pages) {
  char *start = sbrk((long)pages * PGSIZE);
  if (start == SBRK_FAILED) exit(0);
  return start;
}

static void readmuch(int fd) {
  (void)fd;
  int file = opened("lazyextra", O_RDONLY);
  expectatmost(read(file, unbacked(2), 2 * PGSIZE), 2 * PGSIZE, "read of two pages");
  fstat(file, (struct stat *)unbacked(1));
}

void oomcopyout(void) {
  withpagesleft(readmuch);
  reached();
}

static void writemuch(int fd) {
  char *argv[] = {0, 0};
  expectatmost(write(fd, unbacked(2), 2 * PGSIZE), 2 * PGSIZE, "write of two pages");
  char *path = unbacked(2) + PGSIZE - 1;
  open(path + 1, O_RDONLY);
  argv[0] = path;
  exec("nosuchfile", argv);
}

void oomcopyin(void) {
  withpagesleft(writemuch);
  reached();
}

// There is never enough memory for a copy of the process. A kernel with copy-on-write may fork all the same.
static void forkmuch(int fd) {
  (void)fd;
  int local = 42, pid = fork();
  if (pid == 0) exit(0);
  if (pid > 0) expect(wait(0), pid, "wait() for a child that was forked almost without memory");
  expect(local, 42, "a variable after a fork almost without memory");
}

void oomfork(void) {
  withpagesleft(forkmuch);
  reached();
}

// Each of these pages also needs a page of a page table. If only one page is left, it must not get lost.
static void touchfar(int fd) {
  enum { TABLE = 512 };
  (void)fd;
  int file = opened("lazyextra", O_RDONLY);
  char *start = unbacked(4 * TABLE);
  expectatmost(read(file, start + TABLE * PGSIZE, 1), 1, "read of a byte");
  store(start + 2 * TABLE * PGSIZE);
  store(start + 3 * TABLE * PGSIZE);
}

void oomtable(void) {
  withpagesleft(touchfar);
  reached();
}

// Accesses that are refused, many times.
void refused(void) {
  enum { TIMES = 8 };
  int holder = holdallbut(SPARE), before = countfree(), ends[2];
  for (int i = 0; i < TIMES; i++) {
    if (forked() == 0) {
      char *end = fresh(1) + PGSIZE;
      pipeof(ends);
      expect(write(ends[1], "xy", 2), 2, "write of 2 bytes to a pipe");
      mustdie(store, end, "store at the break,");
      mustdie(load, end + 10 * PGSIZE, "load above the break,");
      mustdie(store, guardpage(), "store to the guard page,");
      mustdie(load, (char *)MAXVA, "load from");
      expectatmost(read(ends[0], end, 1), 0, "read at the break");
      expectatmost(read(ends[0], guardpage(), 1), 0, "read into the guard page");
      expectatmost(write(ends[1], end + PGSIZE, 1), 0, "write from above the break");
      exit(0);
    }
    joined();
  }
  expect(countfree(), before, "free pages after accesses that were refused");
  letgo(holder);
}

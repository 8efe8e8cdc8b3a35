// System calls with addresses that do not belong to the process.

#include "usertests.h"

// write() reads user memory with copyin().
void copyin(void) {
  for (int i = 0; i < 2; i++) {
    void *wild = (void *)wildaddresses[i];
    int fd = opened("copyin1", O_CREATE | O_WRONLY), ends[2];
    refuse(write(fd, wild, 2 * PGSIZE), "write to a file from %p", wild);
    close(fd);
    unlink("copyin1");
    expectatmost(write(1, wild, 2 * PGSIZE), 0, "write to the console from %p", wild);
    pipeof(ends);
    expectatmost(write(ends[1], wild, 2 * PGSIZE), 0, "write to a pipe from %p", wild);
    close(ends[0]);
    close(ends[1]);
  }
}

// read() writes user memory with copyout().
void copyout(void) {
  for (int i = 0; i < 2; i++) {
    void *wild = (void *)wildaddresses[i];
    int fd = opened("echo", O_RDONLY), ends[2];
    expectatmost(read(fd, wild, 2 * PGSIZE), 0, "read from a file into %p", wild);
    close(fd);
    pipeof(ends);
    expect(write(ends[1], "x", 1), 1, "write of 1 byte to a pipe");
    expectatmost(read(ends[0], wild, 2 * PGSIZE), 0, "read from a pipe into %p", wild);
    close(ends[0]);
    close(ends[1]);
  }
}

// Every system call with a path must refuse this one. `what` describes the path.
static void refusepath(const char *path, const char *what) {
  char *argv[] = {"echo", 0};
  refuse(unlink(path), "unlink of %s", what);
  refuse(open(path, O_CREATE | O_WRONLY), "open of %s", what);
  refuse(link(path, path), "link of %s", what);
  refuse(exec(path, argv), "exec of %s", what);
}

// open() reads its path with copyinstr().
void copyinstr1(void) {
  for (int i = 0; i < 2; i++) {
    const char *wild = (const char *)wildaddresses[i];
    refuse(open(wild, O_CREATE | O_WRONLY), "open of a name at %p", wild);
  }
}

// Strings that fit into the kernel's buffer without their terminating 0, but not with it.
void copyinstr2(void) {
  static char path[MAXPATH + 1], argument[PGSIZE + 1];
  enum { REFUSED = 23 };
  memset(path, 'p', MAXPATH);
  refusepath(path, "a path of MAXPATH characters");
  memset(argument, 'a', PGSIZE);
  if (forked() == 0) {
    char *argv[] = {argument, argument, argument, 0};
    refuse(exec("echo", argv), "exec with arguments of PGSIZE characters");
    exit(REFUSED);
  }
  int status = waited();
  if (status == 1) exit(1);
  expect(status, REFUSED, "exec with arguments of PGSIZE characters: status of a refused process");
}

// A string that would end past the break.
void copyinstr3(void) {
  uint64 over = (uint64)sbrk(0) % PGSIZE;
  grown(2 * PGSIZE + (over ? PGSIZE - over : 0));
  char *last = sbrk(0) - 1;
  expect((uint64)(last + 1) % PGSIZE, 0, "offset of the break in its page");
  *last = 'x';
  refusepath(last, "a name that runs past the break");
  reached();
}

// Memory that the process had and has given back.
void rwsbrk(void) {
  char *start = grown(2 * PGSIZE);
  char *gone = start + PGSIZE;
  grown(-2 * PGSIZE);
  int fd = opened("rwsbrk", O_CREATE | O_WRONLY);
  refuse(write(fd, gone, 1024), "write from memory given back");
  close(fd);
  unlink("rwsbrk");
  fd = opened("echo", O_RDONLY);
  refuse(read(fd, gone, 10), "read into memory given back");
  close(fd);
}

// Addresses that are valid if they are cut to 32 bits. Kernels have made this mistake. The test is that the
// kernel survives.
void pgbug(void) {
  void *wild = (void *)0xd15ea5ed00001abcUL;
  char *argv[] = {0};
  exec(wild, argv);
  pipe(wild);
  reached();
}

// A negative count, and memory of which only the first byte belongs to the process. The test is that read()
// returns; its result differs between xv6's years (2019's returns the file's length, however much it copied).
void argptest(void) {
  int fd = opened("init", O_RDONLY);
  char *last = sbrk(0) - 1;
  read(fd, last, -1);
  close(fd);
  reached();
}

// A failed exec() must keep no pages. After more calls than the machine has pages, pages are still free. xv6's
// own test does not look, but each test after it needs pages.
void badarg(void) {
  enum { CALLS = 40000 };
  char *argv[] = {(char *)0xffffffffUL, 0};
  for (int i = 0; i < CALLS; i++) exec("echo", argv);
  require(havefree(100), "100 pages after %d refused calls of exec(): expected them to be free, saw memory full",
          CALLS);
}

// A new name for a file that does not exist, at every page of the first 1,100 KiB, whatever is there.
void validatetest(void) {
  for (uint64 address = 0; address <= 1100 * 1024; address += PGSIZE) {
    refuse(link("nosuchfile", (char *)address), "link of a missing file to a name at %p", (void *)address);
  }
}

// Addresses just outside a process's memory: the guard page, the break, the end of all addresses.

#include "extra.h"

void guardstore(void) {
  mustdie(store, guardpage(), "store to the guard page");
  mustdie(fetch, guardpage(), "fetch from the guard page");
  reached();
}

// Every call that writes user memory must refuse `address`. The result of read() from a file differs between
// xv6's years (2019's returns the count, however much it copied).
static void refuseinto(char *address, const char *what) {
  int ends[2], fd = opened("README", O_RDONLY);
  pipeof(ends);
  expect(write(ends[1], "xy", 2), 2, "write of 2 bytes to a pipe");
  expectatmost(read(ends[0], address, 2), 0, "read from a pipe into %s", what);
  read(fd, address, 2);
  refuse(fstat(fd, (struct stat *)address), "fstat into %s", what);
  refuse(pipe((int *)address), "pipe into %s", what);
  if (forked() == 0) exit(0);
  refuse(wait((int *)address), "wait into %s", what);
  waited();
  close(fd);
  close(ends[0]);
  close(ends[1]);
}

// Every call that reads user memory must refuse `address`.
static void refusefrom(char *address, const char *what) {
  int ends[2];
  char *argv[] = {"echo", address, 0};
  pipeof(ends);
  expectatmost(write(ends[1], address, 2), 0, "write to a pipe from %s", what);
  close(ends[0]);
  close(ends[1]);
  int fd = opened("scrap", O_CREATE | O_WRONLY);
  succeed(unlink("scrap"), "unlink(scrap)");
  expectatmost(write(fd, address, 2), 0, "write to a file from %s", what);
  close(fd);
  refuse(open(address, O_RDONLY), "open of a name in %s", what);
  refuse(exec(address, argv + 2), "exec of a path in %s", what);
  refuse(exec("echo", (char **)address), "exec with its argument vector in %s", what);
  refuse(exec("echo", argv), "exec with an argument in %s", what);
}

void guardread(void) {
  refuseinto(guardpage(), "the guard page");
  mustdie(store, guardpage(), "store to the guard page, which a read was refused,");
  reached();
}

void guardwrite(void) {
  int ends[2];
  pipeof(ends);
  expectatmost(write(ends[1], guardpage(), 2), 0, "write to a pipe from the guard page");
  mustdie(load, guardpage(), "load from the guard page, which a write was refused,");
  reached();
}

void guardpath(void) {
  refusefrom(guardpage(), "the guard page");
  mustdie(load, guardpage(), "load from the guard page, which open and exec were refused,");
  reached();
}

// The break, after memory that is in use.
static char *aligned(void) {
  char *page = fresh(1);
  *page = 1;
  return page + PGSIZE;
}

void sizeload(void) {
  mustdie(load, aligned(), "load at the break,");
  reached();
}

void sizestore(void) {
  mustdie(store, aligned(), "store at the break,");
  reached();
}

void sizefetch(void) {
  mustdie(fetch, aligned(), "fetch at the break,");
  reached();
}

void sizecalls(void) {
  char *end = aligned();
  refuseinto(end, "memory at the break");
  refusefrom(end, "memory at the break");
  mustdie(load, end, "load at the break");
  reached();
}

// The first half belongs to the process, the second half does not.
void readpast(void) {
  enum { HALF = 256 };
  int ends[2], fd = opened("lazyextra", O_RDONLY);
  char *end = fresh(1) + PGSIZE;
  pipeof(ends);
  expect(write(ends[1], scratch, 2 * HALF), 2 * HALF, "write of %d bytes to a pipe", 2 * HALF);
  expectatmost(read(ends[0], end - HALF, 2 * HALF), HALF, "read from a pipe into %d bytes and more", HALF);
  read(fd, end - PGSIZE, 2 * PGSIZE);
  expect((long)sbrk(0), (long)end, "the break after a read past it");
  mustdie(load, end, "load at the break, which a read reached,");
  reached();
}

void writepast(void) {
  enum { HALF = 256 };
  int ends[2];
  char *end = fresh(1) + PGSIZE;
  pipeof(ends);
  expectatmost(write(ends[1], end - HALF, 2 * HALF), HALF, "write to a pipe from %d bytes and more", HALF);
  expect((long)sbrk(0), (long)end, "the break after a write past it");
  mustdie(load, end, "load at the break, which a write reached,");
  reached();
}

// In the kernel; trapframe and trampoline; the ends of xv6's space, of Sv39's lower half, of all addresses.
static const uint64 faraway[] = {
    KERNBASE, MAXVA - 2 * PGSIZE, MAXVA - PGSIZE, MAXVA - 2, MAXVA, MAXVA + PGSIZE, 1UL << 39, 1UL << 62, ~0UL - 7,
};

#define COUNT (int)(sizeof(faraway) / sizeof(faraway[0]))

void maxva(void) {
  for (int i = 0; i < COUNT; i++) {
    mustdie(load, (char *)faraway[i], "load from");
    mustdie(store, (char *)faraway[i], "store to");
    mustdie(fetch, (char *)faraway[i], "fetch from");
    reached();
  }
}

void maxvacalls(void) {
  for (int i = 0; i < COUNT; i++) {
    char what[40];
    snprintf(what, sizeof(what), "%p", (void *)faraway[i]);
    refuseinto((char *)faraway[i], what);
    refusefrom((char *)faraway[i], what);
    reached();
  }
}

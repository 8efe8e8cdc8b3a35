// System calls with pages that were never touched.

#include "extra.h"

// Puts `text` before `boundary`, so that its terminating 0 is the first byte of the page there.
static char *before(char *boundary, const char *text) {
  int length = strlen(text);
  memmove(boundary - length, text, length);
  return boundary - length;
}

void opencrossing(void) {
  char *path = before(fresh(2) + PGSIZE, "README");
  close(succeed(open(path, O_RDONLY), "open of a name whose end lies in a fresh page"));
}

// Checks that exec() of echo works with these arguments. echo prints nothing and exits with status 0.
static void executed(const char *path, char **argv, const char *what) {
  enum { REFUSED = 23 };
  if (forked() == 0) {
    close(1);
    exec(path, argv);
    exit(REFUSED);
  }
  int status = waited();
  require(status != REFUSED, "exec with %s: expected success, saw -1", what);
  expect(status, 0, "exit status of echo, executed with %s", what);
}

void execcrossing(void) {
  char *argv[] = {"echo", 0};
  executed(before(fresh(2) + PGSIZE, "echo"), argv, "a path whose end lies in a fresh page");
  reached();
}

void argumentcrossing(void) {
  char *argv[] = {"echo", before(fresh(2) + PGSIZE, "word"), 0};
  executed("echo", argv, "an argument whose end lies in a fresh page");
  argv[1] = fresh(1);
  executed("echo", argv, "an empty argument in a fresh page");
  reached();
}

// An empty vector: only the 0 at its end.
void argvlazy(void) {
  executed("echo", (char **)fresh(1), "its argument vector in a fresh page");
  reached();
}

void argvcrossing(void) {
  char **argv = (char **)(fresh(2) + PGSIZE) - 1;
  argv[0] = "echo";
  executed("echo", argv, "an argument vector that ends in a fresh page");
  reached();
}

enum { HALF = 256 };

// A pipe holds 512 bytes.
void writetwo(void) {
  int ends[2];
  char *pages = fresh(2);
  pipeof(ends);
  expect(write(ends[1], pages + PGSIZE - HALF, 2 * HALF), 2 * HALF, "write to a pipe from two fresh pages");
  memset(scratch, 1, 2 * HALF);
  expect(read(ends[0], scratch, 2 * HALF), 2 * HALF, "read of what was written");
  for (int i = 0; i < 2 * HALF; i++) expect(scratch[i], 0, "byte %d written from two fresh pages", i);

  int fd = opened("two", O_CREATE | O_RDWR);
  succeed(unlink("two"), "unlink(two)");
  expect(write(fd, fresh(2), 2 * PGSIZE), 2 * PGSIZE, "write to a file from two fresh pages");
}

void readtwo(void) {
  int ends[2];
  char *pages = fresh(2);
  pipeof(ends);
  for (int i = 0; i < SCRATCH; i++) scratch[i] = i % 251;
  expect(write(ends[1], scratch, 2 * HALF), 2 * HALF, "write of %d bytes to a pipe", 2 * HALF);
  expect(read(ends[0], pages + PGSIZE - HALF, 2 * HALF), 2 * HALF, "read from a pipe into two fresh pages");
  expect(memcmp(pages + PGSIZE - HALF, scratch, 2 * HALF), 0, "difference of what was read from a pipe");

  makefile("two", "");
  int fd = opened("two", O_RDWR);
  expect(write(fd, scratch, 2 * PGSIZE), 2 * PGSIZE, "write of two pages to a file");
  close(fd);
  fd = opened("two", O_RDONLY);
  succeed(unlink("two"), "unlink(two)");
  pages = fresh(2);
  expect(read(fd, pages, 2 * PGSIZE), 2 * PGSIZE, "read from a file into two fresh pages");
  expect(memcmp(pages, scratch, 2 * PGSIZE), 0, "difference of what was read from a file");
}

void fstatlazy(void) {
  int fd = opened("README", O_RDONLY);
  struct stat *one = (struct stat *)fresh(1);
  succeed(fstat(fd, one), "fstat into a fresh page");
  expect(one->type, T_FILE, "type of README");
  struct stat *two = (struct stat *)(fresh(2) + PGSIZE - 8);
  succeed(fstat(fd, two), "fstat into two fresh pages");
  expect(two->size, one->size, "size of README in two fresh pages");
}

void waitlazy(void) {
  int *status = (int *)fresh(1);
  int pid = forked();
  if (pid == 0) exit(77);
  expect(wait(status), pid, "wait into a fresh page");
  expect(*status, 77, "status in a fresh page");
}

// Each of the two descriptors in a page of its own.
void pipecrossing(void) {
  char byte;
  int *ends = (int *)(fresh(2) + PGSIZE) - 1;
  succeed(pipe(ends), "pipe into two fresh pages");
  expect(write(ends[1], "x", 1), 1, "write to a pipe whose ends stand in two fresh pages");
  expect(read(ends[0], &byte, 1), 1, "read from a pipe whose ends stand in two fresh pages");
}

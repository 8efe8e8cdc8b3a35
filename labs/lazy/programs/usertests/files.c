// Files: their contents, sizes and offsets.

#include "usertests.h"

// Like xv6's own tests, these count the bytes that are read, and compare them only if a comment says so.

void truncate1(void) {
  const char *path = "truncfile";
  unlink(path);
  int writer = open(path, O_CREATE | O_WRONLY | O_TRUNC);
  write(writer, "abcd", 4);
  close(writer);
  int before = open(path, O_RDONLY);
  expect(read(before, scratch, 32), 4, "bytes for the reader before O_TRUNC");
  writer = open(path, O_WRONLY | O_TRUNC);
  int after = open(path, O_RDONLY);
  expect(read(after, scratch, 32), 0, "bytes for the reader after O_TRUNC");
  expect(read(before, scratch, 32), 0, "more bytes for the reader before O_TRUNC");
  write(writer, "ABCDEF", 6);
  expect(read(after, scratch, 32), 6, "bytes written after O_TRUNC");
  expect(read(before, scratch, 32), 2, "bytes written after O_TRUNC, from offset 4");
  unlink(path);
}

// After the second writer has truncated the file, the first writer's offset is past its end.
void truncate2(void) {
  const char *path = "truncfile";
  int first = open(path, O_CREATE | O_TRUNC | O_WRONLY);
  write(first, "abcd", 4);
  int second = open(path, O_TRUNC | O_WRONLY);
  expect(write(first, "x", 1), -1, "write beyond the end of a file");
  close(first);
  close(second);
  unlink(path);
}

void truncate3(void) {
  const char *path = "truncfile";
  close(open(path, O_CREATE | O_TRUNC | O_WRONLY));
  if (forked() == 0) {
    for (int i = 0; i < 100; i++) {
      int fd = opened(path, O_WRONLY);
      expect(write(fd, "1234567890", 10), 10, "write of 10 bytes while another truncates");
      close(fd);
      fd = open(path, O_RDONLY);
      read(fd, scratch, 32);
      close(fd);
    }
    exit(0);
  }
  for (int i = 0; i < 150; i++) makefile(path, "xyz");
  joined();
  unlink(path);
  reached();
}

void opentest(void) {
  close(opened("echo", O_RDONLY));
  refuse(open("doesnotexist", O_RDONLY), "open of a missing file");
}

void writetest(void) {
  enum { WRITES = 200, SIZE = 10 };
  int fd = opened("small", O_CREATE | O_RDWR);
  for (int i = 0; i < WRITES; i++) {
    memset(scratch, 'a' + i % 26, SIZE);
    expect(write(fd, scratch, SIZE), SIZE, "write %d of %d bytes", i, SIZE);
  }
  close(fd);
  fd = opened("small", O_RDONLY);
  expect(read(fd, scratch, WRITES * SIZE), WRITES * SIZE, "bytes of the small file");
  close(fd);
  succeed(unlink("small"), "unlink(small)");
}

// The largest possible file. Each block starts with its own number.
void writebig(void) {
  int blocks = MAXFILE;
  int fd = opened("big", O_CREATE | O_RDWR);
  for (int i = 0; i < blocks; i++) {
    *(int *)scratch = i;
    expect(write(fd, scratch, BSIZE), BSIZE, "write of block %d", i);
  }
  close(fd);
  fd = opened("big", O_RDONLY);
  for (int i = 0; i < blocks; i++) {
    expect(read(fd, scratch, BSIZE), BSIZE, "read of block %d", i);
    expect(*(int *)scratch, i, "first word of block %d", i);
  }
  expect(read(fd, scratch, BSIZE), 0, "read at the end of the largest file");
  close(fd);
  succeed(unlink("big"), "unlink(big)");
}

// Writes of every size up to more than a transaction may hold, twice each.
void bigwrite(void) {
  for (int size = 499; size < SCRATCH; size += 471) {
    int fd = opened("bigwrite", O_CREATE | O_RDWR);
    for (int i = 0; i < 2; i++) expect(write(fd, scratch, size), size, "write of %d bytes", size);
    close(fd);
    unlink("bigwrite");
  }
}

// Written in pieces of one size, read in pieces of another size. The first and the last byte are compared.
void bigfile(void) {
  enum { PIECES = 20, SIZE = 600, HALF = SIZE / 2 };
  const char *path = "bigfile.dat";
  unlink(path);
  int fd = opened(path, O_CREATE | O_RDWR);
  for (int i = 0; i < PIECES; i++) {
    memset(scratch, i, SIZE);
    expect(write(fd, scratch, SIZE), SIZE, "write of piece %d", i);
  }
  close(fd);
  fd = opened(path, O_RDONLY);
  for (int i = 0; i < 2 * PIECES; i++) {
    expect(read(fd, scratch, HALF), HALF, "read of half piece %d", i);
    expect(scratch[0], i / 2, "first byte of half piece %d", i);
    expect(scratch[HALF - 1], i / 2, "last byte of half piece %d", i);
  }
  expect(read(fd, scratch, HALF), 0, "read at the end");
  close(fd);
  unlink(path);
}

// Parent and child write through one descriptor. No write may overwrite another.
void sharedfd(void) {
  enum { WRITES = 500, SIZE = 10 };
  unlink("sharedfd");
  int fd = opened("sharedfd", O_CREATE | O_RDWR);
  int pid = forked();
  memset(scratch, pid == 0 ? 'c' : 'p', SIZE);
  for (int i = 0; i < WRITES; i++) expect(write(fd, scratch, SIZE), SIZE, "write %d of %d bytes", i, SIZE);
  if (pid == 0) exit(0);
  joined();
  close(fd);
  fd = opened("sharedfd", O_RDONLY);
  int child = 0, parent = 0, got;
  while ((got = read(fd, scratch, SCRATCH)) > 0) {
    for (int i = 0; i < got; i++) {
      child += scratch[i] == 'c';
      parent += scratch[i] == 'p';
    }
  }
  close(fd);
  unlink("sharedfd");
  expect(child, WRITES * SIZE, "bytes of the child in the shared file");
  expect(parent, WRITES * SIZE, "bytes of the parent in the shared file");
}

void fourfiles(void) {
  enum { FILES = 4, WRITES = 12, SIZE = 500 };
  static const char *const paths[FILES] = {"f0", "f1", "f2", "f3"};
  for (int i = 0; i < FILES; i++) {
    unlink(paths[i]);
    if (forked() != 0) continue;
    int fd = opened(paths[i], O_CREATE | O_RDWR);
    memset(scratch, '0' + i, SIZE);
    for (int j = 0; j < WRITES; j++) expect(write(fd, scratch, SIZE), SIZE, "write %d to %s", j, paths[i]);
    exit(0);
  }
  for (int i = 0; i < FILES; i++) joined();
  for (int i = 0; i < FILES; i++) {
    int fd = open(paths[i], O_RDONLY), total = 0, got;
    while ((got = read(fd, scratch, SCRATCH)) > 0) {
      for (int j = 0; j < got; j++) expect(scratch[j], '0' + i, "byte %d of %s", total + j, paths[i]);
      total += got;
    }
    close(fd);
    expect(total, WRITES * SIZE, "bytes of %s", paths[i]);
    unlink(paths[i]);
  }
}

// A file without a name exists as long as it is open. A new file of the same name is a different one. The first
// byte is compared.
void unlinkread(void) {
  const char *path = "unlinkread";
  int fd = opened(path, O_CREATE | O_RDWR);
  write(fd, "hello", 5);
  close(fd);
  int old = opened(path, O_RDWR);
  succeed(unlink(path), "unlink(%s)", path);
  fd = open(path, O_CREATE | O_RDWR);
  write(fd, "new", 3);
  close(fd);
  expect(read(old, scratch, SCRATCH), 5, "bytes of an unlinked file");
  expect(scratch[0], 'h', "first byte of an unlinked file");
  expect(write(old, scratch, 10), 10, "write of 10 bytes to an unlinked file");
  close(old);
  unlink(path);
}

void linktest(void) {
  unlink("lf1");
  unlink("lf2");
  makefile("lf1", "hello");
  succeed(link("lf1", "lf2"), "link(lf1, lf2)");
  unlink("lf1");
  refuse(open("lf1", O_RDONLY), "open of an unlinked name");
  int fd = opened("lf2", O_RDONLY);
  expect(read(fd, scratch, SCRATCH), 5, "bytes of a file by its second name");
  close(fd);
  refuse(link("lf2", "lf2"), "link of a name to itself");
  unlink("lf2");
  refuse(link("lf2", "lf1"), "link of a missing file");
  refuse(link(".", "lf1"), "link of a directory");
}

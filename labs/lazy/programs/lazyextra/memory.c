// Memory for the tests, and accesses after which a process must be killed.

#include "extra.h"

char *fresh(int pages) {
  uint64 over = (uint64)sbrk(0) % PGSIZE;
  if (over) grown(PGSIZE - over);
  return grown((long)pages * PGSIZE);
}

// xv6 gives a program one page of stack. The page below it is the guard page.
char *guardpage(void) {
  uint64 frame = (uint64)__builtin_frame_address(0);
  return (char *)(frame / PGSIZE * PGSIZE - PGSIZE);
}

void load(char *address) { (void)*(volatile char *)address; }

void store(char *address) { *(volatile char *)address = 1; }

void fetch(char *address) { ((void (*)(void))address)(); }

void mustdie(void (*access)(char *), char *address, const char *what) {
  if (forked() == 0) {
    access(address);
    fail("%s %p: expected the process to be killed, saw it go on", what, address);
  }
  int status = waited();
  if (status == 1) exit(1);
  expect(status, KILLED, "exit status after a %s %p", what, address);
}

int holdallbut(int pages) {
  int ready[2];
  char byte;
  int most = countroughly() - pages;
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
  return holder;
}

void letgo(int holder) {
  kill(holder);
  waited();
}

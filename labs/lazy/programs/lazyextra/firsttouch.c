// The first access to a page, in every possible way.

#include "extra.h"

// Uses and frees pages that are not zero, whatever the kernel fills them with.
static void litter(void) {
  enum { PAGES = 64 };
  if (forked() == 0) {
    memset(fresh(PAGES), 0xa5, PAGES * PGSIZE);
    exit(0);
  }
  joined();
}

// Checks that bytes `from` to `to` of a page are zero.
static void zeroes(const char *page, int from, int to, const char *touched) {
  for (int i = from; i < to; i++) expect(page[i], 0, "byte %d of a page first touched by %s", i, touched);
}

void zeroload(void) {
  litter();
  char *page = fresh(1);
  zeroes(page, 0, PGSIZE, "a load");
  page[9] = 1;
  expect(page[9], 1, "a byte stored after the first load");
}

void zerostore(void) {
  litter();
  char *page = fresh(1);
  page[100] = 1;
  expect(page[100], 1, "the byte of the first store");
  zeroes(page, 0, 100, "a store");
  zeroes(page, 101, PGSIZE, "a store");
  reached();
}

void zerocall(void) {
  int ends[2];
  litter();
  pipeof(ends);
  expect(write(ends[1], "abc", 3), 3, "write of 3 bytes to a pipe");
  char *page = fresh(1);
  expect(read(ends[0], page + 100, 3), 3, "read of 3 bytes into a fresh page");
  expect(memcmp(page + 100, "abc", 3), 0, "difference of the bytes that were read");
  zeroes(page, 0, 100, "read()");
  zeroes(page, 103, PGSIZE, "read()");
  page = fresh(1);
  expect(write(ends[1], page + 200, 100), 100, "write of 100 bytes from a fresh page");
  memset(scratch, 1, 100);
  expect(read(ends[0], scratch, 100), 100, "read of 100 bytes from a pipe");
  zeroes(scratch, 0, 100, "write()");
  zeroes(page, 0, PGSIZE, "write()");
  reached();
}

// At the last byte of a page. The pages next to it are separate pages.
void oddaddress(void) {
  char *page = fresh(3);
  page[2 * PGSIZE - 1] = 42;
  expect(page[2 * PGSIZE - 1], 42, "the last byte of a page");
  zeroes(page, 0, PGSIZE, "nobody, before the one touched,");
  zeroes(page + PGSIZE, 0, PGSIZE - 1, "a store to its last byte");
  zeroes(page + 2 * PGSIZE, 0, PGSIZE, "nobody, behind the one touched,");
  reached();
}

// One instruction accesses two pages.
void crossing(void) {
  char *page = fresh(4);
  uint64 wanted = 0x1122334455667788UL, found;
  __asm__ volatile("sd %0, 0(%1)" : : "r"(wanted), "r"(page + PGSIZE - 3) : "memory");
  __asm__ volatile("ld %0, 0(%1)" : "=r"(found) : "r"(page + PGSIZE - 3) : "memory");
  expect(found, wanted, "what one store left in two fresh pages");
  __asm__ volatile("ld %0, 0(%1)" : "=r"(found) : "r"(page + 3 * PGSIZE - 5) : "memory");
  expect(found, 0, "one load from two fresh pages");
}

// li a0, 42; ret
static const uint answer[] = {0x02a00513, 0x00008067};

// The status of a process that runs code from its heap.
static int ranfromheap(void) {
  if (forked() == 0) {
    uint *code = (uint *)fresh(1);
    memcpy(code, answer, sizeof(answer));
    __asm__ volatile(".word 0x0000100f" : : : "memory");  // fence.i
    exit(((int (*)(void))code)());
  }
  return waited();
}

// Whether heap pages may be executed depends on xv6's year: in 2020 they may, since 2022 they may not.
void heapfetch(void) {
  int status = ranfromheap();
  if (status == 1) exit(1);
  require(status == KILLED || status == 42,
          "exit status of a process that runs code from its heap: expected 42 or -1, saw %d", status);
}

void heapexecutable(void) { expect(ranfromheap(), 42, "exit status of a process that runs code from its heap"); }

// A page of zeroes is not valid code. The process dies with one fault or two.
void fetchfirst(void) {
  mustdie(fetch, fresh(1), "fetch from a fresh page,");
  reached();
}

// Calls `body(argument)` with the stack pointer at `stack`.
static void callon(char *stack, void (*body)(char *), char *argument) {
  register char *a0 __asm__("a0") = argument;
  __asm__ volatile("mv s1, sp\n\tmv sp, %1\n\tjalr %2\n\tmv sp, s1"
                   : "+r"(a0)
                   : "r"(stack), "r"(body)
                   : "s1", "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
                     "memory");
}

static void useheap(char *page) {
  page[0] = 42;
  expect(page[0], 42, "a byte of the heap, below a stack in the heap");
}

static void callintoheap(char *page) {
  int ends[2];
  pipeof(ends);
  expect(write(ends[1], page, 3), 3, "write of 3 bytes from a fresh page, below a stack in the heap");
  expect(read(ends[0], page + PGSIZE, 3), 3, "read of 3 bytes into a fresh page, below a stack in the heap");
}

// A stack with heap below it, all of it untouched; a thread may have such a stack.
void heapstack(void) {
  char *start = fresh(8);
  callon(start + 8 * PGSIZE, useheap, start);
  reached();
}

void heapstackcalls(void) {
  char *start = fresh(8);
  callon(start + 8 * PGSIZE, callintoheap, start);
  reached();
}

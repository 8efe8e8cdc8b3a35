// Several processes: what one does with its memory must not affect another.

#include "extra.h"

enum { PAGES = 4 };

// Four pages. Each begins with its number, counted from 1.
static char *numbered(void) {
  char *start = fresh(PAGES);
  for (int i = 0; i < PAGES; i++) start[i * PGSIZE] = i + 1;
  return start;
}

static void checknumbers(const char *start, int pages, const char *whose) {
  for (int i = 0; i < pages; i++) expect(start[i * PGSIZE], i + 1, "page %d of the %s", i, whose);
}

void shrinkinchild(void) {
  char *start = numbered();
  if (forked() == 0) {
    grown(-(PAGES - 1) * PGSIZE);
    checknumbers(start, 1, "child that has shrunk");
    mustdie(load, start + PGSIZE, "load from a page that the child gave back");
    reached();
    exit(0);
  }
  joined();
  checknumbers(start, PAGES, "parent, whose child has shrunk");
  reached();
}

void shrinkinparent(void) {
  int ends[2];
  char byte, *start = numbered();
  pipeof(ends);
  if (forked() == 0) {
    expect(read(ends[0], &byte, 1), 1, "read of the parent's byte");
    checknumbers(start, PAGES, "child, whose parent has shrunk");
    reached();
    exit(0);
  }
  grown(-(PAGES - 1) * PGSIZE);
  mustdie(load, start + PGSIZE, "load from a page that the parent gave back");
  expect(write(ends[1], "x", 1), 1, "write to the child");
  joined();
  checknumbers(start, 1, "parent that has shrunk");
  reached();
}

// Pages in the range of three page-table pages. Between these is the whole range of another, without pages.
static const int used[] = {0, 1, 300, 511, 1600, 1790};

#define USED (int)(sizeof(used) / sizeof(used[0]))

static void checkused(const char *start, int first, const char *whose) {
  for (int i = 0; i < USED; i++) expect(start[used[i] * PGSIZE], first + i, "page %d of the %s", used[i], whose);
}

static void setused(char *start, int first) {
  for (int i = 0; i < USED; i++) start[used[i] * PGSIZE] = first + i;
}

void forksparse(void) {
  enum { SPARSE = 1800, UNUSED = 1000 };
  char *start = fresh(SPARSE);
  setused(start, 1);
  if (forked() == 0) {
    checkused(start, 1, "child");
    setused(start, 50);
    start[UNUSED * PGSIZE] = 99;
    if (forked() == 0) {
      checkused(start, 50, "grandchild");
      expect(start[UNUSED * PGSIZE], 99, "page %d of the grandchild", UNUSED);
      exit(0);
    }
    joined();
    reached();
    exit(0);
  }
  joined();
  checkused(start, 1, "parent");
  expect(start[UNUSED * PGSIZE], 0, "page %d, which only the child used", UNUSED);
  expect((long)sbrk(0), (long)(start + SPARSE * PGSIZE), "the break after fork");
}

// Takes pages by stores, loads and calls, a few at a time, while others do the same.
static void faultalone(int mine) {
  enum { ROUNDS = 8, EACH = 6 };
  int ends[2];
  pipeof(ends);
  char *start = fresh(ROUNDS * EACH);
  for (int i = 0; i < ROUNDS * EACH; i++) {
    char *page = start + i * PGSIZE;
    if (i % 3 == 0) expect(page[5], 0, "page %d, before it was used", i);
    if (i % 3 == 1) {
      expect(write(ends[1], page + 8, 1), 1, "write of a byte from page %d", i);
      expect(read(ends[0], page + 9, 1), 1, "read of a byte into page %d", i);
    }
    page[0] = mine + i;
    if (i % EACH == EACH - 1) sleep(1);
  }
  for (int i = 0; i < ROUNDS * EACH; i++) expect(start[i * PGSIZE], mine + i, "page %d, among others' faults", i);
}

void faulttogether(void) {
  enum { CHILDREN = 4 };
  for (int i = 0; i < CHILDREN; i++) {
    if (forked() == 0) {
      faultalone(1 + 10 * i);
      reached();
      exit(0);
    }
  }
  for (int i = 0; i < CHILDREN; i++) joined();
  reached();
}

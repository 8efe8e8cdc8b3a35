// lazytests [NAME]: the lab's own tests of lazy page allocation, all or one ("lazy_alloc" is "lazy alloc").
//
// Each test runs in a process of its own and passes if that process exits with status 0.

#include "checks.h"

#define GIGABYTE (1L << 30)

// The words of a page that the tests use: its first, its last, one in the middle, and one that lies elsewhere in
// each page. So no two pages can be one frame, and a page cannot be replaced by a few bytes of it.
enum { WORDS = 4 };

static uint64 *word(char *page, int i) {
  uint64 number = (uint64)page / PGSIZE;
  uint64 offsets[WORDS] = {0, PGSIZE - 8, PGSIZE / 2, 8 + number * 2654435761UL / 64 % 500 * 8};
  return (uint64 *)(page + offsets[i]);
}

// What a word holds. Every word of a test holds something different.
static uint64 mark(const uint64 *word) { return (uint64)word ^ 0x5ca1ab1e0ddba115UL; }

static void setmarks(char *page) {
  for (int i = 0; i < WORDS; i++) *word(page, i) = mark(word(page, i));
}

static void checkmarks(char *page) {
  for (int i = 0; i < WORDS; i++) {
    uint64 *at = word(page, i), found = *at;
    require(found == mark(at), "word at %p: expected 0x%lx, saw 0x%lx", at, mark(at), found);
  }
}

// Asks for a gigabyte and writes to one page in `stride`, beginning with its second page.
static char *sparsegigabyte(long stride) {
  char *start = sbrk(GIGABYTE);
  require(start != SBRK_FAILED, "sbrk(1 GiB): expected the old break, saw -1");
  for (char *page = start + PGSIZE; page < start + GIGABYTE; page += stride * PGSIZE) setmarks(page);
  return start;
}

static void lazyalloc(void) {
  enum { STRIDE = 64 };
  char *start = sparsegigabyte(STRIDE);
  for (char *page = start + PGSIZE; page < start + GIGABYTE; page += STRIDE * PGSIZE) checkmarks(page);
  reached();
}

// The child has the page, gives it back, and must then be killed by a store to it.
static void lazyunmap(void) {
  enum { STRIDE = 4096 };
  char *start = sparsegigabyte(STRIDE);
  for (char *page = start + PGSIZE; page < start + GIGABYTE; page += STRIDE * PGSIZE) {
    int status = NOSTATUS, pid = succeed(fork(), "fork() to copy a sparse address space");
    if (pid == 0) {
      checkmarks(page);
      sbrk(-GIGABYTE);
      reached();
      *(volatile uint64 *)page = mark((uint64 *)page);
      failed(0);  // the parent says why
    }
    expect(wait(&status), pid, "wait() for the child that stores to a page it gave back");
    require(status != NOSTATUS, "wait() for a child: expected its status, saw none stored");
    require(status != 0, "store to %p, which was given back: expected it to kill, saw it succeed", page);
  }
}

static void outofmemory(void) {
  enum { BLOCK = 16 << 20 };
  int status = NOSTATUS, pid = succeed(fork(), "fork() of a process that uses up all memory");
  if (pid == 0) {
    reached();
    void **previous = 0, **block;
    while ((block = malloc(BLOCK)) != 0) {
      *block = previous;
      previous = block;
    }
    failed(0);  // the parent says why
  }
  expect(wait(&status), pid, "wait() for the process that uses up all memory");
  require(status != NOSTATUS, "wait() for a child: expected its status, saw none stored");
  require(status != 0, "the process that uses up all memory: expected it to be killed, saw malloc() answer 0 to it");
}

static const struct test {
  const char *name;
  void (*body)(void);
} tests[] = {
    {"lazy alloc", lazyalloc},
    {"lazy unmap", lazyunmap},
    {"out of memory", outofmemory},
};

// Runs one test. Returns 1 if it passed.
static int run(const struct test *test) {
  testname = test->name;
  printf("running test %s\n", test->name);
  int status = NOSTATUS, pid = succeed(fork(), "fork()");
  if (pid == 0) {
    test->body();
    exit(0);
  }
  expect(wait(&status), pid, "wait() for the test");
  if (status == -1) printf("%s: expected exit status 0, saw the kernel kill the test\n", test->name);
  printf("test %s: %s\n", test->name, status == 0 ? "OK" : "FAILED");
  return status == 0;
}

// Whether `wanted` names the test. An underscore in it means a space.
static int matches(const char *name, const char *wanted) {
  for (; *name && (*name == *wanted || (*name == ' ' && *wanted == '_')); name++) wanted++;
  return *name == 0 && *wanted == 0;
}

int main(int argc, char **argv) {
  int ran = 0, passed = 0;
  printf("lazytests starting\n");
  for (uint i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
    if (argc > 1 && !matches(tests[i].name, argv[1])) continue;
    ran++;
    passed += run(&tests[i]);
  }
  if (ran == 0) {
    printf("lazytests: no test is called %s\n", argv[1]);
    return 2;
  }
  printf(passed == ran ? "ALL TESTS PASSED\n" : "SOME TESTS FAILED\n");
  return passed != ran;
}

// lazytests [NAME]: the lab's own tests of lazy page allocation, all or one ("lazy_alloc" is "lazy alloc").
//
// Each test runs in a process of its own and passes if that process exits with status 0.

#include "user.h"

#define GIGABYTE (1L << 30)

static const char *testname;

// What a page holds. Every page of a test holds something different.
static uint64 mark(const char *page) { return (uint64)page ^ 0x5ca1ab1e0ddba115UL; }

static _Noreturn void fail(const char *expected, const char *seen) {
  printf("%s: expected %s, saw %s\n", testname, expected, seen);
  exit(1);
}

// Asks for a gigabyte and writes to one page in `stride`, beginning with its second page.
static char *sparsegigabyte(long stride) {
  char *start = sbrk(GIGABYTE);
  if (start == SBRK_FAILED) fail("sbrk(1 GiB) to answer the old break", "-1");
  for (char *page = start + PGSIZE; page < start + GIGABYTE; page += stride * PGSIZE) {
    *(uint64 *)page = mark(page);
  }
  return start;
}

static void lazyalloc(void) {
  enum { STRIDE = 64 };
  char *start = sparsegigabyte(STRIDE);
  for (char *page = start + PGSIZE; page < start + GIGABYTE; page += STRIDE * PGSIZE) {
    uint64 found = *(uint64 *)page;
    if (found != mark(page)) {
      printf("%s: expected 0x%lx at %p, saw 0x%lx\n", testname, mark(page), page, found);
      exit(1);
    }
  }
}

static void lazyunmap(void) {
  enum { STRIDE = 4096 };
  char *start = sparsegigabyte(STRIDE);
  for (char *page = start + PGSIZE; page < start + GIGABYTE; page += STRIDE * PGSIZE) {
    int status, pid = fork();
    if (pid < 0) fail("fork() to copy a sparse address space", "-1");
    if (pid == 0) {
      sbrk(-GIGABYTE);
      *(volatile uint64 *)page = mark(page);
      exit(0);
    }
    wait(&status);
    if (status == 0) {
      printf("%s: expected a store to %p, which was given back, to kill; saw it succeed\n", testname, page);
      exit(1);
    }
  }
}

static void outofmemory(void) {
  enum { BLOCK = 16 << 20 };
  int status, pid = fork();
  if (pid < 0) fail("fork() to answer a process", "-1");
  if (pid == 0) {
    void **previous = 0, **block;
    while ((block = malloc(BLOCK)) != 0) {
      *block = previous;
      previous = block;
    }
    exit(0);
  }
  wait(&status);
  if (status == 0) fail("the process that uses up all memory to be killed", "malloc() answer 0 to it");
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
  int status, pid = fork();
  if (pid < 0) fail("fork() to answer a process", "-1");
  if (pid == 0) {
    test->body();
    exit(0);
  }
  wait(&status);
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

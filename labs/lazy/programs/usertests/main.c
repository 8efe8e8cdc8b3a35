// usertests [-l | -q | NAME]: tests of the kernel's system calls.
//
// Without arguments, every test runs. After each, the number of free pages must be the same as before; with
// -q, this is checked only at the end. With a name, that test runs; -l lists the names. Between a test's name
// and its OK, the kernel may print messages about processes that it killed: many tests want exactly that.

#include "usertests.h"

#define ROW(name) {#name, name},
static const struct test tests[] = {USERTESTS(ROW)};

#define COUNT (int)(sizeof(tests) / sizeof(tests[0]))

// Runs one test. Returns 1 if it passed.
static int run(const struct test *test) {
  testname = test->name;
  printf("test %s: ", test->name);
  if (forked() == 0) {
    test->body();
    exit(0);
  }
  int status = waited();
  if (status == KILLED) {
    printf("\n%s: expected exit status 0, saw the kernel kill the test\n", test->name);
  } else if (status != 0 && status != 1) {
    printf("\n%s: expected exit status 0, saw %d\n", test->name, status);
  }
  printf(status == 0 ? "OK\n" : "FAILED\n");
  return status == 0;
}

// Returns 1 if no page is lost that was free before. Waits if init must still wait for orphans.
static int nopagelost(int before, const char *after) {
  int now = before;
  for (int i = 0; i < 3; i++) {
    if (havefree(before)) return 1;
    sleep(2);
  }
  now = countfree();
  if (now >= before) return 1;
  printf("FAILED -- %s lost %d of %d free pages\n", after, before - now, before);
  return 0;
}

static int runall(int quick) {
  int failed = 0;
  int free = countfree();
  for (int i = 0; i < COUNT; i++) {
    failed |= !run(&tests[i]);
    if (!quick && !nopagelost(free, tests[i].name)) {
      failed = 1;
      free = countfree();
    }
  }
  if (quick) failed |= !nopagelost(free, "a test");
  printf(failed ? "SOME TESTS FAILED\n" : "ALL TESTS PASSED\n");
  return failed;
}

static int runone(const char *name) {
  for (int i = 0; i < COUNT; i++) {
    if (strcmp(tests[i].name, name) != 0) continue;
    int passed = run(&tests[i]);
    printf(passed ? "ALL TESTS PASSED\n" : "SOME TESTS FAILED\n");
    return !passed;
  }
  printf("usertests: no test is called %s\n", name);
  return 2;
}

int main(int argc, char **argv) {
  testname = "usertests";
  if (argc > 2 || (argc == 2 && argv[1][0] == '-' && strcmp(argv[1], "-l") != 0 && strcmp(argv[1], "-q") != 0)) {
    printf("usage: usertests [-l | -q | name]\n");
    return 2;
  }
  if (argc == 2 && strcmp(argv[1], "-l") == 0) {
    for (int i = 0; i < COUNT; i++) printf("%s\n", tests[i].name);
    return 0;
  }
  printf("usertests starting\n");
  if (argc == 2 && argv[1][0] != '-') return runone(argv[1]);
  return runall(argc == 2);
}

// lazyextra [-l | NAME]: mistakes in lazy allocation that cost no points in the lab's own tests.
//
// Without a name, every test runs; -l lists the names. The test called pages runs all the others again, and
// expects the same number of free pages after each.

#include "extra.h"

static void pages(void);

#define ROW(name, function) {name, function},
static const struct test tests[] = {EXTRATESTS(ROW){"pages", pages}};

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

// A process holds most of the memory, so that the others and the counting are quick. Tests may fail here,
// perhaps for lack of memory. Growing to the end of the address space takes too long to be done twice.
static void pages(void) {
  enum { SPARE = 1024 };
  static char losers[120];
  int used = 0, holder = holdallbut(SPARE), free = countfree();
  for (int i = 0; i < COUNT; i++) {
    if (tests[i].body == pages || tests[i].body == growend) continue;
    run(&tests[i]);
    if (havefree(free)) continue;
    sleep(2);
    int now = countfree();
    if (now < free && used < (int)sizeof(losers) - 1) {
      snprintf(losers + used, sizeof(losers) - used, " %s (%d)", tests[i].name, free - now);
      used += strlen(losers + used);
    }
    free = now;
  }
  letgo(holder);
  testname = "pages";
  require(used == 0, "expected as many free pages after each test as before, saw pages lost by%s", losers);
}

int main(int argc, char **argv) {
  int ran = 0, passed = 0, lists = argc == 2 && strcmp(argv[1], "-l") == 0;
  for (int i = 0; i < COUNT; i++) {
    if (lists) printf("%s\n", tests[i].name);
    if (lists || (argc > 1 && strcmp(tests[i].name, argv[1]) != 0)) continue;
    ran++;
    passed += run(&tests[i]);
  }
  if (lists) return 0;
  if (ran == 0) {
    printf("lazyextra: no test is called %s\n", argv[1]);
    return 2;
  }
  printf(passed == ran ? "ALL TESTS PASSED\n" : "SOME TESTS FAILED\n");
  return passed != ran;
}

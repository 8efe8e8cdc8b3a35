// Checks for programs that test the kernel, and the places that show which of them were done.
//
// A check that fails ends its process. A check that passes runs over its *place*: a nop of its own behind the
// comparison. So whoever watches the processor can tell that the check was done and passed, whatever the kernel
// under test makes of statuses and output.
//
// The section .places lists the places. It is not part of what is loaded. One record, little endian:
//
//   0  uint64 address  of the nop
//   8  uint64 name     the address of a string: the name of the function that the check stands in
//  16  uint32 line
//  20  uint32 flags    PLACEOPTIONAL, or 0
//
// The compiler may copy a check, so several records may have the same name and line. One of them is enough.
// Two checks of one function must not stand in the same line, because nobody could tell them apart.

#pragma once

#include "user.h"

// A right kernel may or may not come to this place.
#define PLACEOPTIONAL 1

// The flags of the places in this file. In a block that right kernels may leave out, OPTIONALPLACES stands
// before the checks.
enum { placeflags = 0 };
#define OPTIONALPLACES enum { placeflags = PLACEOPTIONAL }

// A place that is no check: a test must come here. It stands, for instance, in a child before the access that
// must kill it, and at the end of a test whose checks are in other functions.
#define reached()                                                                                         \
  __asm__ volatile("0: nop\n\t"                                                                           \
                   ".pushsection .places,\"\",@progbits\n\t"                                              \
                   ".quad 0b, %0\n\t"                                                                     \
                   ".word %1, %2\n\t"                                                                     \
                   ".popsection"                                                                          \
                   :                                                                                      \
                   : "i"(__func__), "i"(__LINE__), "i"(placeflags)                                        \
                   : "memory")

// The name of the running test, for the messages.
extern const char *testname;

// A status that no process exits with. A variable has it before wait() stores another one there.
#define NOSTATUS 0x5eed

// Prints the test's name and the reason on a line of its own, and ends the process by failed(1).
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Ends the process with this status. Only checks that failed come here: whoever watches the processor knows by
// that alone that the test is lost, even if no wait() tells the parent.
_Noreturn void failed(int status);

// Checks. `what` and the values after it describe the call. A failure prints what was expected and what came.
#define expect(got, want, what, ...)                                                                      \
  do {                                                                                                    \
    long got_ = (long)(got), want_ = (long)(want);                                                        \
    if (got_ != want_) fail(what ": expected %ld, saw %ld", ##__VA_ARGS__, want_, got_);                  \
    reached();                                                                                            \
  } while (0)
#define expectatmost(got, most, what, ...)                                                                \
  do {                                                                                                    \
    long got_ = (long)(got), most_ = (long)(most);                                                        \
    if (got_ > most_) fail(what ": expected at most %ld, saw %ld", ##__VA_ARGS__, most_, got_);           \
    reached();                                                                                            \
  } while (0)
#define succeed(got, what, ...)                                                                           \
  ({                                                                                                      \
    int got_ = (got);                                                                                     \
    if (got_ < 0) fail(what ": expected success, saw %d", ##__VA_ARGS__, got_);                           \
    reached();                                                                                            \
    got_;                                                                                                 \
  })
#define refuse(got, what, ...)                                                                            \
  do {                                                                                                    \
    int got_ = (got);                                                                                     \
    if (got_ >= 0) fail(what ": expected -1, saw %d", ##__VA_ARGS__, got_);                               \
    reached();                                                                                            \
  } while (0)
// `holds` must be true. The text says what was expected and what came.
#define require(holds, ...)                                                                               \
  do {                                                                                                    \
    if (!(holds)) fail(__VA_ARGS__);                                                                      \
    reached();                                                                                            \
  } while (0)

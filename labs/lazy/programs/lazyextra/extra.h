// What the extra tests share. Their checks, and functions for calls that must succeed, are from usertests.
//
// What is tested is true for every xv6, eager or lazy, unless a comment says otherwise. If xv6's years give
// different results and none of them is wrong, a test accepts all of them.

#pragma once

#include "../usertests/usertests.h"

// The page of the trapframe. A process's memory must end before it.
#define TRAPFRAME ((char *)(MAXVA - 2 * PGSIZE))

// Pages of the heap that were never touched. They begin at a multiple of PGSIZE and end at the break.
char *fresh(int pages);
// The page below the stack.
char *guardpage(void);

// Accesses of one byte. For a fetch, the address must be even.
void load(char *address), store(char *address), fetch(char *address);
// Checks that a process which makes this access is killed.
void mustdie(void (*access)(char *), char *address, const char *what);

// Starts a process that takes pages until about `pages` are left. Returns its pid.
int holdallbut(int pages);
// Ends that process.
void letgo(int holder);

// Every test, in the order in which they run: its name, and its function. `pages` follows them.
#define EXTRATESTS(test) \
  test("guard-store", guardstore) test("guard-read", guardread) test("guard-write", guardwrite)          \
  test("guard-path", guardpath) test("size-load", sizeload) test("size-store", sizestore)                \
  test("size-fetch", sizefetch) test("size-calls", sizecalls) test("read-past", readpast)                \
  test("write-past", writepast) test("maxva", maxva) test("maxva-calls", maxvacalls)                     \
  test("below-zero", belowzero) test("below-far", belowfar) test("grow-end", growend)                    \
  test("big-heap", bigheap) test("shrink-part", shrinkpart) test("shrink-holes", shrinkholes)            \
  test("zero-load", zeroload) test("zero-store", zerostore) test("zero-call", zerocall)                  \
  test("zero-again", zeroagain)                                                                          \
  test("odd-address", oddaddress) test("crossing", crossing) test("heap-stack", heapstack)               \
  test("heap-stack-calls", heapstackcalls) test("heap-fetch", heapfetch)                                 \
  test("fetch-first", fetchfirst) test("heap-executable", heapexecutable)                                \
  test("open-crossing", opencrossing) test("exec-crossing", execcrossing)                                \
  test("argument-crossing", argumentcrossing) test("argv-lazy", argvlazy)                                \
  test("argv-crossing", argvcrossing) test("write-two", writetwo) test("read-two", readtwo)              \
  test("fstat-lazy", fstatlazy) test("wait-lazy", waitlazy) test("pipe-crossing", pipecrossing)          \
  test("shrink-in-child", shrinkinchild) test("shrink-in-parent", shrinkinparent)                        \
  test("fork-sparse", forksparse) test("fault-together", faulttogether) test("oom-copyout", oomcopyout)  \
  test("oom-copyin", oomcopyin) test("oom-fork", oomfork) test("oom-table", oomtable)                    \
  test("refused", refused)

#define EXTRADECLARED(name, function) void function(void);
EXTRATESTS(EXTRADECLARED)

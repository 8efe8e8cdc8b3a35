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

// The tests, by file.
void guardstore(void), guardread(void), guardwrite(void), guardpath(void);
void sizeload(void), sizestore(void), sizefetch(void), sizecalls(void), readpast(void), writepast(void);
void maxva(void), maxvacalls(void);
void belowzero(void), belowfar(void), growend(void), bigheap(void), shrinkpart(void), shrinkholes(void);
void zeroload(void), zerostore(void), zerocall(void), oddaddress(void), crossing(void);
void heapstack(void), heapstackcalls(void), heapfetch(void), fetchfirst(void), heapexecutable(void);
void opencrossing(void), execcrossing(void), argumentcrossing(void), argvlazy(void), argvcrossing(void);
void writetwo(void), readtwo(void), fstatlazy(void), waitlazy(void), pipecrossing(void);
void shrinkinchild(void), shrinkinparent(void), forksparse(void), faulttogether(void);
void oomcopyout(void), oomcopyin(void), oomfork(void), oomtable(void), refused(void);

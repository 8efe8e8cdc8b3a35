// What the extra tests share. Checks, and calls that must succeed, are those of usertests.
//
// What is tested holds of every xv6, whether it allocates early or late, unless a comment says otherwise. Where xv6's years
// answer differently, and none of them is wrong, a test takes each of the answers.

#pragma once

#include "../usertests/usertests.h"

// The page of the trapframe, where a process's memory must end.
#define TRAPFRAME ((char *)(MAXVA - 2 * PGSIZE))

// Pages of the heap that nobody has touched, from a multiple of PGSIZE on; the break is their end.
char *fresh(int pages);
// The page below the stack.
char *guardpage(void);

// Accesses of one byte; a fetch goes where the address is even.
void load(char *address), store(char *address), fetch(char *address);
// Checks that a process which does that is killed.
void mustdie(void (*access)(char *), char *address, const char *what);

// Starts a process that takes pages until about `pages` are left; answers its pid.
int holdallbut(int pages);
// Ends it.
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

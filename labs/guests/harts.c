// Harts count together, with and without a spinlock, and print which came last. The schedule decides that.
#include "guest.h"

static uint32 lock;
static volatile uint64 counted, arrived, order;
static uint64 tickets;

void main(uint64 hart) {
  for (int n = 0; n < 1000; n++) {
    while (__sync_lock_test_and_set(&lock, 1) != 0)
      ;
    counted++;
    order = order * 31 + hart;
    __sync_lock_release(&lock);
    uint64 old, failed;
    do {
      asm volatile("lr.d %0, %2\n addi %1, %0, 1\n sc.d %1, %1, %2" : "=&r"(old), "=&r"(failed), "+A"(tickets));
    } while (failed);
  }
  __sync_fetch_and_add(&arrived, 1);
  if (hart != 0) return;
  while (arrived < 3)
    ;
  expect(1, counted == 3000 && tickets == 3000);
  for (int shift = 60; shift >= 0; shift -= 4) UART(0) = "0123456789abcdef"[order >> shift & 15];
  finish(0);
}

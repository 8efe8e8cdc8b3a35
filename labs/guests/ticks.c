// A hundred timer interrupts. Hart 0 waits for them by spinning. Every other hart computes until its work is
// done, and then ends the machine.
#include "guest.h"

#define INTERVAL 100000
#define WORK 200000

static volatile uint64 ticks, result;

__attribute__((interrupt("machine"))) static void handler(void) {
  ticks++;
  MTIMECMP(0) += INTERVAL;
}

void main(uint64 hart) {
  if (hart != 0) {
    uint64 number = hart;
    for (int n = 0; n < WORK; n++) number = number * 6364136223846793005UL + 1442695040888963407UL;
    result = number;
    finish(0);
  }
  csr_write(mtvec, handler);
  MTIMECMP(0) = MTIME + INTERVAL;
  csr_write(mie, 1 << 7);
  csr_set(mstatus, 1 << 3);
  while (ticks < 100)
    ;
  expect(1, MTIME >= 100 * INTERVAL && MTIME < 101 * INTERVAL);
  finish(0);
}

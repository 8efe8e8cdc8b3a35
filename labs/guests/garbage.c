// Writes garbage to every register of every device, reads them all, and still ends with success.
#include "guest.h"

// Keeps data away from code: a store near code makes it be decoded again, which is not tested here.
#define APART __attribute__((aligned(64)))

static volatile uint64 skipped APART;

// Skip an instruction that caused an access fault.
__attribute__((interrupt("machine"))) static void handler(void) {
  uint64 cause = csr_read(mcause), pc = csr_read(mepc);
  if (cause >> 63) {
    csr_write(mie, 0);
    return;
  }
  expect(1, cause == 5 || cause == 7);
  skipped++;
  csr_write(mepc, pc + ((*(uint16 *)pc & 3) == 3 ? 4 : 2));
}

static uint64 state APART = 88172645463325252UL;

static uint64 draw(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static void attack(uint64 base, uint64 size, uint64 step) {
  for (uint64 at = base; at < base + size; at += step) {
    uint64 value = draw();
    switch (value >> 60 & 3) {
    case 0: *(volatile uint8 *)at = value; break;
    case 1: *(volatile uint16 *)(at & ~1UL) = value; break;
    case 2: *(volatile uint32 *)(at & ~3UL) = value; break;
    default: *(volatile uint64 *)(at & ~7UL) = value; break;
    }
    (void)*(volatile uint8 *)at;
    (void)*(volatile uint32 *)(at & ~3UL);
    (void)*(volatile uint64 *)(at & ~7UL);
  }
}

void main(uint64 hart) {
  if (hart != 0) return;
  csr_write(mtvec, handler);
  for (int round = 0; round < 5; round++) {
    attack(0x10000000, 0x100, 1);
    attack(0x10001000, 0x8000, 4);
    attack(0x2000000, 0x100, 4);
    attack(0x2004000, 0x100, 4);
    attack(0x200BFF0, 0x20, 4);
    attack(0xC000000, 0x2200, 4);
    attack(0xC1FFF00, 0x4200, 4);
  }
  attack(0x2000000, 0x20000, 60);
  attack(0xC000000, 0x700000, 1020);
  expect(2, skipped > 0);
  finish(0);
}

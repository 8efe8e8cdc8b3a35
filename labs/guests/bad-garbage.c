// A kernel that writes garbage to every register of every device again and again, and spins.
#include "guest.h"

// Skip an instruction that caused an access fault.
__attribute__((interrupt("machine"))) static void handler(void) {
  uint64 pc = csr_read(mepc);
  if (csr_read(mcause) >> 63) {
    csr_write(mie, 0);
  } else {
    csr_write(mepc, pc + ((*(uint16 *)pc & 3) == 3 ? 4 : 2));
  }
}

static void attack(uint64 base, uint64 size) {
  static uint64 state = 2463534242;
  for (uint64 at = base; at < base + size; at += 4) {
    state = state * 6364136223846793005UL + 1442695040888963407UL;
    *(volatile uint32 *)at = state >> 32;
    *(volatile uint8 *)(at + 1) = state >> 24;
    *(volatile uint64 *)(at & ~7UL) = state;
  }
}

void main(uint64 hart) {
  csr_write(mtvec, handler);
  for (int round = 0; round < 5; round++) {
    attack(0x100004, 0x100);
    attack(0x2000000, 0x100);
    attack(0x2004000, 0x100);
    attack(0x200BFF0, 0x20);
    attack(0xC000000, 0x400);
    attack(0xC002000, 0x200);
    attack(0xC200000, 0x4000);
    attack(0x10000000, 0x100);
    attack(0x10001000, 0x8000);
  }
  for (;;)
    ;
}

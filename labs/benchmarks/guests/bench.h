// What the benchmarks for a bare machine share. Each does its work, prints what came out, and powers the machine off;
// it runs on any machine like QEMU's virt with 128 MiB: hart 0 does all of it.
#include "guest.h"

#define ROUNDS (*(volatile uint64 *)0x801FFFF8UL)

// How often to do the work: `usual`, unless somebody has put another number there before the machine was started.
static inline uint64 rounds(uint64 usual) {
  uint64 asked = ROUNDS;
  return asked ? asked : usual;
}

// Prints the outcome and ends the machine.
static inline void answer(uint64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) UART(0) = "0123456789abcdef"[value >> shift & 15];
  put("\n");
  finish(0);
}

// What is written lies in no page with code, as in programs that a linker has laid out for a machine with pages.
asm(".bss\n.balign 4096\n.text\n");

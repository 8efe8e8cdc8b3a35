// What the benchmarks for a bare machine share. Each does its work, prints its result, and powers the machine
// off. It runs on any machine like QEMU's virt with 128 MiB. Hart 0 does all the work.
#include "guest.h"

#define ROUNDS (*(volatile uint64 *)0x801FFFF8UL)

// How often to do the work: `usual`, unless another number was stored there before the machine was started.
static inline uint64 rounds(uint64 usual) {
  uint64 asked = ROUNDS;
  return asked ? asked : usual;
}

// Prints the result and ends the machine.
static inline void answer(uint64 value) {
  for (int shift = 60; shift >= 0; shift -= 4) UART(0) = "0123456789abcdef"[value >> shift & 15];
  put("\n");
  finish(0);
}

// As in all programs that are linked for pages, data that is written is never in a page with code.
asm(".bss\n.balign 4096\n.text\n");

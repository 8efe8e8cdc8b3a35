// Passes, and leaves a signature.
#include "isa.h"

asm(".data\n.align 4\n"
    ".globl begin_signature\nbegin_signature: .word 0x03020100, 0x07060504, 0\n"
    ".globl end_signature\nend_signature:\n"
    ".text\n");
extern volatile uint32 begin_signature[];

void main(uint64 hart) {
  begin_signature[2] = 0xdeadbeef;
  report(0);
}

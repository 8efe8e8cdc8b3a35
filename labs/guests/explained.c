// A small kernel in M mode, with a process table like xv6's. Its only process is a shell in U mode. For each
// typed line the shell becomes a program, which stores to two pages of its heap that are not mapped yet.
#include "guest.h"

enum { PAGES = 64, PTE_USER = 0x1F };
#define TOP 0x80100000UL

struct proc {
  int state;
  int pid;
  uint64 sz;
  uint64 *pagetable;
  char name[16];
};
volatile struct proc proc[4];
volatile struct cpu {
  volatile struct proc *proc;
} cpus[1];

__attribute__((aligned(4096))) static uint64 root[512], middle[512], leaves[512];

// The shell reads its input. The program has a stack pointer of its own, and ends in `finish`.
asm(".text\n.align 3\n"
    "shell:\n  li a7, 5\n  li a0, 0\n  ecall\n"
    "program:\n  li sp, 0x80070000\n  li t0, 0x80080000\n  li t1, 1\n  sd t1, 8(t0)\n"
    "  li t2, 0x2000\n  add t0, t0, t2\n  sd t1, 0(t0)\n"
    ".globl finish\nfinish:\n  li a7, 2\n  li a0, 0\n  ecall\n");
extern char shell[], program[];

static void map(uint64 va) { leaves[va >> 12 & 511] = va >> 12 << 10 | PTE_USER; }

// The traps are: the shell's read, the program's stores, and its exit.
__attribute__((interrupt("machine"), aligned(4))) static void trap(void) {
  uint64 cause = csr_read(mcause);
  if (cause == 15) {
    map(csr_read(mtval));
  } else if (csr_read(mepc) < (uint64)program) {
    do {
      while ((UART(5) & 1) == 0)
        ;
    } while (UART(0) != '\n');
    csr_write(mepc, program);
  } else {
    put("$ ");
    csr_write(mepc, shell);
  }
}

void main(uint64 hart) {
  for (uint64 page = 0; page < PAGES; page++) map(0x80000000UL + page * 4096);
  root[2] = (uint64)middle >> 12 << 10 | 1;
  middle[0] = (uint64)leaves >> 12 << 10 | 1;
  cpus[0].proc = &proc[2];
  proc[2] = (struct proc){.pid = 7, .sz = TOP, .pagetable = root, .name = "explained"};
  csr_write(mtvec, trap);
  csr_write(satp, 8UL << 60 | (uint64)root >> 12);
  csr_clear(mstatus, 3UL << 11);
  csr_write(mepc, shell);
  put("$ ");
  asm volatile("mret");
}

// One process, and the way between it and the kernel as in xv6: a trampoline page at the top of both address
// spaces, the trapframe below it. Each way saves all registers, and switches and fences satp on both sides.
#include "paging.h"

#define TRAMPOLINE ((1UL << 38) - PAGE)
#define TRAPFRAME (TRAMPOLINE - PAGE)

struct trapframe {
  uint64 kernel_satp, kernel_sp, kernel_trap, epc, kernel_hart;
  uint64 x[31];  // x1 to x31
};

static struct trapframe *frame;
static uint64 *user_table;
__attribute__((aligned(16))) static char kernel_stack[4096];

#define A(n) (frame->x[9 + (n)])  // argument register n

extern char trampoline[], user_vector[], user_return[], user_program[];

#define ALL_BUT_A0 \
  "1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"

asm(".text\n.balign 4096\n"
    ".globl trampoline, user_vector, user_return\n"
    "trampoline:\nuser_vector:\n"
    "  csrw sscratch, a0\n"
    "  li a0, 0x3fffffe000\n"
    "  .irp n," ALL_BUT_A0 "\n  sd x\\n, 32+8*\\n(a0)\n  .endr\n"
    "  csrr t0, sscratch\n"
    "  sd t0, 112(a0)\n"
    "  ld sp, 8(a0)\n"
    "  ld tp, 32(a0)\n"
    "  ld t0, 16(a0)\n"
    "  ld t1, 0(a0)\n"
    "  sfence.vma zero, zero\n"
    "  csrw satp, t1\n"
    "  sfence.vma zero, zero\n"
    "  jr t0\n"
    "user_return:\n"
    "  sfence.vma zero, zero\n"
    "  csrw satp, a0\n"
    "  sfence.vma zero, zero\n"
    "  li a0, 0x3fffffe000\n"
    "  .irp n," ALL_BUT_A0 "\n  ld x\\n, 32+8*\\n(a0)\n  .endr\n"
    "  ld a0, 112(a0)\n"
    "  sret\n"
    ".balign 4096\n");

// Serves the process's system call. Its number is in a7.
static void system_call(void);
// Handles an exception that is not a system call.
static void exception(uint64 cause, uint64 value);

static void user_trap(void);

static _Noreturn void user_trap_return(void) {
  csr_clear(sstatus, 2);
  csr_write(stvec, TRAMPOLINE + (user_vector - trampoline));
  frame->kernel_satp = csr_read(satp);
  frame->kernel_sp = (uint64)kernel_stack + sizeof kernel_stack;
  frame->kernel_trap = (uint64)user_trap;
  csr_write(sstatus, (csr_read(sstatus) & ~(1UL << 8)) | 1 << 5);
  csr_write(sepc, frame->epc);
  ((void (*)(uint64))(TRAMPOLINE + (user_return - trampoline)))(SATP_OF(user_table));
  __builtin_unreachable();
}

static void user_trap(void) {
  uint64 cause = csr_read(scause);
  csr_write(stvec, unwanted);
  frame->epc = csr_read(sepc);
  if (cause == 8) {
    frame->epc += 4;
    csr_set(sstatus, 2);
    system_call();
  } else {
    exception(cause, csr_read(stval));
  }
  user_trap_return();
}

// Starts the process: one page with `user_program` at address 0, and `argument` in a0.
static _Noreturn void start_process(uint64 argument) {
  frame = page_take();
  memset(frame, 0, PAGE);
  user_table = page_take();
  memset(user_table, 0, PAGE);
  map(kernel_table, TRAMPOLINE, (uint64)trampoline, PAGE, PTE_R | PTE_X);
  map(user_table, TRAMPOLINE, (uint64)trampoline, PAGE, PTE_R | PTE_X);
  map(user_table, TRAPFRAME, (uint64)frame, PAGE, PTE_R | PTE_W);
  map(user_table, 0, (uint64)user_program, PAGE, PTE_R | PTE_X | PTE_U);
  asm volatile("sfence.vma");
  A(0) = argument;
  user_trap_return();
}

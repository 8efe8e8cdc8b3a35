// A kernel whose scheduler looks for work in a long loop without wfi, in S mode. Before that, its only
// program has run: it sleeps for ten ticks and ends.
#include "guest.h"

#define INTERVAL 1000000
#define PROCESSES 64

static volatile struct {
  uint64 lock, state, wakeup;
} processes[PROCESSES];
static volatile uint64 ticks;
static uint64 scheduler_stack;

__attribute__((aligned(16), used)) static char kernel_stack[4096];

// The timer's interrupt in S mode, on the stack that is in use.
__attribute__((interrupt("supervisor"))) static void timer(void) {
  expect(1, csr_read(scause) == (1UL << 63 | 5));
  ticks++;
  csr_write(0x14d, csr_read(0x14d) + INTERVAL);  // stimecmp
}

// The program's only system call. The kernel stays on the program's stack until the ticks have passed.
void program(void);
void call(void);
asm(".text\n.align 2\nprogram:\n  li a7, 13\n  ecall\n"
    ".align 2\ncall:\n  la sp, kernel_stack\n  li t0, 4096\n  add sp, sp, t0\n  j sleep\n");

static void scheduler(void);

void sleep(void) {
  expect(2, csr_read(scause) == 8);
  csr_write(stvec, timer);
  processes[40].wakeup = ticks + 10;
  processes[40].state = 1;
  // Go back to the scheduler's stack, and stay there.
  asm volatile("mv sp, %0\n jr %1" : : "r"(scheduler_stack), "r"(scheduler));
  __builtin_unreachable();
}

static void scheduler(void) {
  for (;;) {
    csr_set(sstatus, 2);
    for (int n = 0; n < PROCESSES; n++) {
      while (__sync_lock_test_and_set(&processes[n].lock, 1) != 0)
        ;
      if (processes[n].state == 1 && processes[n].wakeup <= ticks) finish(0);
      __sync_lock_release(&processes[n].lock);
      // About the time that xv6 takes for each process.
      for (int m = 0; m < 30; m++) asm volatile("");
    }
  }
}

static void supervisor(void) {
  asm volatile("mv %0, sp" : "=r"(scheduler_stack));
  csr_write(stvec, call);
  csr_write(0x14d, csr_read(time) + INTERVAL);
  csr_set(sie, 1 << 5);
  csr_clear(sstatus, 1 << 8);
  csr_write(sepc, program);
  asm volatile("sret");
}

void main(uint64 hart) {
  if (hart != 0) return;
  csr_write(medeleg, 0xffff);
  csr_write(mideleg, 0xffff);
  csr_set(0x30A, 1UL << 63);  // menvcfg.STCE
  csr_write(mcounteren, 7);
  csr_clear(mstatus, 3 << 11);
  csr_set(mstatus, 1 << 11);
  csr_write(mepc, supervisor);
  asm volatile("mret");
}

// A kernel with xv6's names but without its abilities. So tests know what a follower must report about it.
//
// There are two processes under Sv39, each with a page table that also maps the kernel. The first one faults,
// asks for memory, forks and waits; the second one fails, and is killed. Then the first tries to shrink its
// memory below zero, and the kernel panics.
#include "guest.h"

#define PAGE 4096UL
#define V 1
#define RWXU 0x1e
#define NPROC 4
#define apart __attribute__((noinline, disable_tail_calls))

typedef uint64 *pagetable_t;

struct trapframe {
  uint64 registers[32];  // the pc is in the place of x0
};

struct spinlock {
  uint32 locked;
  char *name;
};

struct proc {
  struct spinlock lock;
  int state, killed, xstate, pid;
  struct proc *parent;
  uint64 sz;
  pagetable_t pagetable;
  struct trapframe trapframe;
  char name[16];
};

struct cpu {
  int noff;
  struct proc *proc;
} cpus[8];

struct proc proc[NPROC];

struct run {
  struct run *next;
};

struct {
  struct spinlock lock;
  struct run *freelist;
} kmem;

__attribute__((aligned(16))) char stack[8192];
__attribute__((aligned(4096))) static char pages[48][PAGE];

static void print(const char *text) {
  while (*text) *(volatile uint8 *)0xD0000000UL = *text++;
}

apart _Noreturn void panic(char *text) {
  print("panic: ");
  print(text);
  print("\n");
  *(volatile uint32 *)0xC0100000UL = 0x5555;
  for (;;)
    ;
}

apart void *memset(void *to, int byte, uint32 count) {
  char *bytes = to;
  for (uint32 n = 0; n < count; n++) bytes[n] = byte;
  return to;
}

apart void *memmove(void *to, const void *from, uint32 count) {
  for (uint32 n = 0; n < count; n++) ((char *)to)[n] = ((const char *)from)[n];
  return to;
}

// The compiler calls this function by its name.
void *memcpy(void *to, const void *from, uint64 count) { return memmove(to, from, count); }

// MARK: Memory

apart void kfree(void *page) {
  memset(page, 1, PAGE);
  struct run *run = page;
  run->next = kmem.freelist;
  kmem.freelist = run;
}

apart void *kalloc(void) {
  struct run *run = kmem.freelist;
  if (run) {
    kmem.freelist = run->next;
    memset(run, 5, PAGE);
  }
  return run;
}

static uint64 *walk(pagetable_t pagetable, uint64 va, int alloc) {
  for (int level = 2; level > 0; level--) {
    uint64 *pte = &pagetable[va >> (12 + 9 * level) & 511];
    if (*pte & V) {
      pagetable = (pagetable_t)(*pte >> 10 << 12);
    } else {
      if (!alloc || (pagetable = kalloc()) == 0) return 0;
      memset(pagetable, 0, PAGE);
      *pte = (uint64)pagetable >> 12 << 10 | V;
    }
  }
  return &pagetable[va >> 12 & 511];
}

apart int mappages(pagetable_t pagetable, uint64 va, uint64 size, uint64 pa, int flags) {
  for (uint64 a = va / PAGE * PAGE; a < va + size; a += PAGE, pa += PAGE) {
    uint64 *pte = walk(pagetable, a, 1);
    if (pte == 0) return -1;
    *pte = pa >> 12 << 10 | flags | V;
  }
  return 0;
}

apart void uvmunmap(pagetable_t pagetable, uint64 va, uint64 count, int free) {
  for (uint64 a = va; a < va + count * PAGE; a += PAGE) {
    uint64 *pte = walk(pagetable, a, 0);
    if (pte == 0 || !(*pte & V)) panic("uvmunmap: not mapped");
    if (free) kfree((void *)(*pte >> 10 << 12));
    *pte = 0;
  }
}

apart uint64 uvmdealloc(pagetable_t pagetable, uint64 old, uint64 new) {
  uvmunmap(pagetable, new, (old - new) / PAGE, 1);
  return new;
}

apart int copyout(pagetable_t pagetable, uint64 to, char *from, uint64 count) {
  uint64 *pte = to < 1UL << 38 ? walk(pagetable, to, 0) : 0;
  if (pte == 0 || !(*pte & V)) return -1;
  memmove((char *)(*pte >> 10 << 12) + to % PAGE, from, count);
  return 0;
}

// MARK: Processes

static struct proc *myproc(void) { return cpus[0].proc; }

static pagetable_t address_space(void) {
  pagetable_t pagetable = kalloc();
  memset(pagetable, 0, PAGE);
  // RAM, and the devices at 0xC0000000.
  pagetable[2] = 2UL << 28 | 0xCF;
  pagetable[3] = 0xC7;
  return pagetable;
}

apart int kfork(void) {
  struct proc *p = myproc(), *child = p + 1;
  *child = *p;
  child->pid = p->pid + 1;
  child->parent = p;
  child->pagetable = address_space();
  for (uint64 va = 0; va < 2 * PAGE; va += PAGE) {
    char *page = kalloc();
    memmove(page, (char *)(*walk(p->pagetable, va, 0) >> 10 << 12), PAGE);
    mappages(child->pagetable, va, PAGE, (uint64)page, RWXU);
  }
  child->trapframe.registers[10] = 0;
  return child->pid;
}

apart int kexec(char *path) {
  struct proc *p = myproc();
  p->sz = 2 * PAGE;
  memmove(p->name, path, 6);
  return 1;
}

apart void kexit(int status) {
  struct proc *p = myproc();
  p->xstate = status;
  cpus[0].proc = p->parent;
}

apart int kkill(int pid) {
  for (struct proc *p = proc; p < proc + NPROC; p++)
    if (p->pid == pid) {
      p->killed = 1;
      return 0;
    }
  return -1;
}

apart int growproc(int n) {
  struct proc *p = myproc();
  if (n < 0) p->sz = uvmdealloc(p->pagetable, p->sz, p->sz + n);
  p->sz += n > 0 ? n : 0;
  return 0;
}

apart uint64 sys_sbrk(void) {
  struct proc *p = myproc();
  uint64 old = p->sz;
  if (growproc(p->trapframe.registers[10]) < 0) return -1;
  return old;
}

// Takes every page that is free, and gives them all back.
apart void exhaust(void) {
  struct run *taken = 0, *page;
  while ((page = kalloc())) {
    page->next = taken;
    taken = page;
  }
  while ((page = taken)) {
    taken = page->next;
    kfree(page);
  }
}

apart uint64 syscall(void) {
  struct proc *p = myproc();
  uint64 *a = &p->trapframe.registers[10];
  switch (a[7]) {
  case 1: return kfork();
  case 2: kexit(a[0]); return 0;
  case 3: cpus[0].proc = p + 1; return 0;
  case 4: return copyout(p->pagetable, a[0], "pipe", 4);
  case 6: return kkill(a[0]);
  case 7: return kexec("/prog");
  case 12: return sys_sbrk();
  case 13: exhaust(); return 0;
  default: return -1;
  }
}

// MARK: Traps

asm(".text\n.align 2\ntrap:\n"
    "  csrrw a0, sscratch, a0\n"
    "  .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "  sd x\\n, 8*\\n(a0)\n"
    "  .endr\n"
    "  csrr t0, sscratch\n  sd t0, 80(a0)\n"
    "  csrr t0, sepc\n  sd t0, 0(a0)\n"
    "  la sp, stack + 8192\n"
    "  call usertrap\n"
    ".globl resume\nresume:\n"
    "  csrw sscratch, a0\n"
    "  ld t0, 0(a0)\n  csrw sepc, t0\n"
    "  .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "  ld x\\n, 8*\\n(a0)\n"
    "  .endr\n"
    "  ld a0, 80(a0)\n"
    "  sret\n");
void trap(void);
_Noreturn void resume(struct trapframe *frame);

// Handles a trap of a process, then continues with the process that is to run.
apart _Noreturn void usertrap(void) {
  struct proc *p = myproc();
  uint64 cause = csr_read(scause), va = csr_read(stval);
  if (cause == 8) {
    p->trapframe.registers[0] += 4;
    p->trapframe.registers[10] = syscall();
  } else if ((cause == 13 || cause == 15) && va < p->sz) {
    char *page = kalloc();
    memset(page, 0, PAGE);
    mappages(p->pagetable, va / PAGE * PAGE, PAGE, (uint64)page, RWXU);
  } else {
    p->killed = 1;
    kexit(-1);
  }
  csr_write(satp, 8UL << 60 | (uint64)myproc()->pagetable / PAGE);
  asm volatile("sfence.vma");
  resume(&myproc()->trapframe);
}

asm(".text\n.align 3\n.globl program\nprogram:\n"
    "  li a7, 7\n  ecall\n"                        // exec
    "  li a7, 12\n  li a0, 8192\n  ecall\n"        // sbrk(8192)
    "  li t0, 0x2008\n  sd a0, 0(t0)\n"            // a page of it
    "  li a7, 4\n  li a0, 0x2000\n  ecall\n"       // pipe there
    "  li a7, 4\n  li a0, 0x3000\n  ecall\n"       // pipe where no page is yet
    "  li a7, 13\n  ecall\n"                       // exhaust
    "  li a7, 1\n  ecall\n  beqz a0, 1f\n"         // fork
    "  li a7, 3\n  ecall\n"                        // wait
    "  li a7, 6\n  li a0, 2\n  ecall\n"            // kill(2)
    "  li a7, 12\n  li a0, -4096\n  ecall\n"       // sbrk(-4096), of a page that was never there
    "1: li t0, 0x100000\n  ld t0, 0(t0)\n"         // the child, above its memory
    ".globl program_end\nprogram_end:\n");
extern char program[], program_end[];

static void supervisor(void) {
  for (int n = 47; n >= 0; n--) kfree(pages[n]);
  struct proc *p = &proc[0];
  cpus[0].proc = p;
  p->pid = 1;
  p->sz = 2 * PAGE;
  memmove(p->name, "initcode", 9);
  p->pagetable = address_space();
  for (uint64 va = 0; va < p->sz; va += PAGE) {
    char *page = kalloc();
    memset(page, 0, PAGE);
    if (va == 0) memmove(page, program, program_end - program);
    mappages(p->pagetable, va, PAGE, (uint64)page, RWXU);
  }
  p->trapframe.registers[2] = p->sz;
  csr_write(satp, 8UL << 60 | (uint64)p->pagetable / PAGE);
  asm volatile("sfence.vma");
  csr_write(stvec, trap);
  csr_clear(sstatus, 1 << 8);
  csr_set(sstatus, 1 << 18);
  resume(&p->trapframe);
}

void main(uint64 hart) {
  if (hart != 0) return;
  csr_write(pmpaddr0, 0x3fffffffffffffUL);
  csr_write(pmpcfg0, 0xF);
  csr_write(medeleg, 0xffff);
  csr_write(mideleg, 0xffff);
  csr_clear(mstatus, 3 << 11);
  csr_set(mstatus, 1 << 11);
  csr_write(mepc, supervisor);
  asm volatile("mret");
}

// A small kernel that runs the lab disk's own init, sh and programs: one hart, no preemption, no pipes, and a
// disk that is only read. If the first argument of a command begins with "@", it says how to fail.
//
//   0x80000000  this kernel           VA 0           the process
//   0x80200000  memory, 512 KiB each  VA 0x80000000  RAM
//   0x80600000  the disk, as read     VA 0xC0000000  devices, which are at 0
#include "guest.h"

#define NPROC 8
#define NOFILE 16
#define NARG 8
#define SLOT (512 * 1024UL)
#define PAGE 4096UL
#define MEMORY(n) (0x80200000UL + (n) * SLOT)
#define BLOCK(n) ((uint8 *)0x80600000 + (n) * 1024UL)
#define DEVICE(address) (*(volatile uint32 *)(0xC0000000UL + (address)))
#define SERIAL(r) (*(volatile uint8 *)(0xD0000000UL + (r)))
#define DISK(o) DEVICE(0x10001000UL + (o))

enum { UNUSED, RUNNABLE, READING, WAITING, ZOMBIE };

struct proc {
  uint64 regs[32];  // the pc is in the place of x0
  int state, parent, status;
  uint64 size;
  struct {
    int kind;  // 0 closed, 1 the console, 2 a file
    uint32 inode, offset;
  } file[NOFILE];
  char mischief[16];
};

static struct proc procs[NPROC], *me;

// The tests write two words into the kernel's file: a mischief that every program has but init and sh, and an
// address in the program that it is about.
__attribute__((section(".data"))) char always[16] = "";
__attribute__((section(".data"))) uint64 place = 0;
__attribute__((aligned(4096))) static uint64 roots[NPROC][512], middles[NPROC][512], leaves[NPROC][512];
__attribute__((aligned(16))) char stack[16384];
volatile int panicked;

// MARK: The console

static char line[256];
static int typed, taken, whole;  // bytes typed, bytes read, and the end of the last complete line

static void print(const char *text) {
  while (*text) SERIAL(0) = *text++;
}

static _Noreturn void panic(const char *text) {
  print("panic: ");
  print(text);
  print("\n");
  panicked = 1;
  for (;;)
    ;
}

static void listen(void) {
  uint32 source = DEVICE(0xC201004);
  while (SERIAL(5) & 1) {
    char c = SERIAL(0);
    if (c == '\r') c = '\n';
    if (typed == (int)sizeof line) continue;
    line[typed++] = c;
    SERIAL(0) = c;
    if (c == '\n') whole = typed;
  }
  if (source) DEVICE(0xC201004) = source;
}

// MARK: Bytes

// The compiler calls these two functions by their names.
void *memcpy(void *to, const void *from, uint64 count) {
  uint64 done = 0;
  if ((((uint64)to | (uint64)from) & 7) == 0)
    for (; done + 8 <= count; done += 8) *(uint64 *)((char *)to + done) = *(const uint64 *)((const char *)from + done);
  for (; done < count; done++) ((char *)to)[done] = ((const char *)from)[done];
  return to;
}

void *memset(void *to, int byte, uint64 count) {
  for (uint64 n = 0; n < count; n++) ((char *)to)[n] = byte;
  return to;
}

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

// MARK: The disk

static struct {
  struct {
    uint64 address;
    uint32 length;
    uint16 flags, next;
  } descriptors[4];
  struct {
    uint16 flags, index, ring[4];
  } available;
  __attribute__((aligned(4))) volatile struct {
    uint16 flags, index;
    uint64 ring[4];
  } used;
} queue __attribute__((aligned(4096)));

// Reads the whole disk in one request.
static void read_disk(void) {
  static uint64 header[2];
  static volatile uint8 status = 0xff;
  if (DISK(4) != 2) panic("no modern disk");
  DISK(0x70) = 0;
  DISK(0x70) = 3;
  DISK(0x20) = 0;
  DISK(0x24) = 1;
  DISK(0x24) = 0;
  DISK(0x70) = 11;
  DISK(0x30) = 0;
  DISK(0x38) = 4;
  DISK(0x80) = (uint64)queue.descriptors;
  DISK(0x84) = 0;
  DISK(0x90) = (uint64)&queue.available;
  DISK(0x94) = 0;
  DISK(0xA0) = (uint64)&queue.used;
  DISK(0xA4) = 0;
  DISK(0x44) = 1;
  DISK(0x70) = 15;
  queue.descriptors[0].address = (uint64)header;
  queue.descriptors[0].length = 16;
  queue.descriptors[0].flags = 1;
  queue.descriptors[0].next = 1;
  queue.descriptors[1].address = (uint64)BLOCK(0);
  queue.descriptors[1].length = DISK(0x100) * 512;
  queue.descriptors[1].flags = 3;
  queue.descriptors[1].next = 2;
  queue.descriptors[2].address = (uint64)&status;
  queue.descriptors[2].length = 1;
  queue.descriptors[2].flags = 2;
  queue.available.index = 1;
  __sync_synchronize();
  DISK(0x50) = 0;
  while (queue.used.index == 0)
    ;
  if (status != 0) panic("disk");
}

struct inode {
  uint16 type, major, minor, links;
  uint32 size, blocks[13];
};

static struct inode *inode(uint32 number) {
  uint32 start = ((uint32 *)BLOCK(1))[6];
  return (struct inode *)BLOCK(start + number / 16) + number % 16;
}

static uint64 read_inode(uint32 number, void *to, uint64 offset, uint64 count) {
  struct inode *from = inode(number);
  if (offset >= from->size) return 0;
  if (count > from->size - offset) count = from->size - offset;
  for (uint64 done = 0, part; done < count; done += part) {
    uint64 at = offset + done, block = at / 1024;
    uint32 home = block < 12 ? from->blocks[block] : ((uint32 *)BLOCK(from->blocks[12]))[block - 12];
    part = 1024 - at % 1024;
    if (part > count - done) part = count - done;
    memcpy((char *)to + done, BLOCK(home) + at % 1024, part);
  }
  return count;
}

// The inode of a file in the root directory, or 0.
static uint32 lookup(const char *name) {
  struct {
    uint16 inode;
    char name[14];
  } entry;
  for (uint64 at = 0; read_inode(1, &entry, at, 16) == 16; at += 16) {
    char text[15] = {0};
    memcpy(text, entry.name, 14);
    if (entry.inode && same(text, name)) return entry.inode;
  }
  return 0;
}

// MARK: Processes

static int slot(struct proc *proc) { return proc - procs; }

// Maps the first `size` bytes of a process, and nothing else.
static void resize(struct proc *proc, uint64 size) {
  int n = slot(proc);
  for (uint64 page = 0; page < 512; page++)
    leaves[n][page] = page * PAGE < size ? (MEMORY(n) / PAGE + page) << 10 | 0xDF : 0;
  proc->size = size;
  asm volatile("sfence.vma");
}

static int valid(uint64 address, uint64 count) { return address <= me->size && count <= me->size - address; }

static char *user(uint64 address) { return (char *)(MEMORY(slot(me)) + address); }

static struct proc *allocate(void) {
  for (int n = 0; n < NPROC; n++) {
    if (procs[n].state != UNUSED) continue;
    memset(&procs[n], 0, sizeof procs[n]);
    procs[n].parent = -1;
    roots[n][0] = (uint64)middles[n] / PAGE << 10 | 1;
    roots[n][2] = 2UL << 28 | 0xCF;
    roots[n][3] = 0xC7;
    middles[n][0] = (uint64)leaves[n] / PAGE << 10 | 1;
    return &procs[n];
  }
  return 0;
}

static void end(struct proc *proc, int status) {
  if (proc == procs) panic("init exiting");
  if (same(proc->mischief, "@panic-exit")) panic("exit");
  if (same(proc->mischief, "@exit-zero")) status = 0;
  if (same(proc->mischief, "@lie")) {
    print("ALL TESTS PASSED\n");
    status = 0;
  }
  for (int n = 0; n < NPROC; n++)
    if (procs[n].parent == slot(proc)) procs[n].parent = 0;
  proc->state = ZOMBIE;
  proc->status = status;
}

static long fork(void) {
  if (same(me->mischief, "@fork-self")) return 0;
  if (same(me->mischief, "@fork-nobody")) return 77;
  struct proc *child = allocate();
  if (child == 0) return -1;
  memcpy(child, me, sizeof *child);
  child->parent = slot(me);
  child->regs[0] += 4;
  child->regs[10] = 0;
  resize(child, me->size);
  memcpy((void *)MEMORY(slot(child)), (void *)MEMORY(slot(me)), me->size);
  return slot(child) + 1;
}

// Returns -2 if the process must wait.
static long wait(uint64 status) {
  int children = 0;
  if (same(me->mischief, "@wait-nothing")) status = 0;
  if (same(me->mischief, "@fork-nobody")) {
    if (status && valid(status, 4)) *(int *)user(status) = 0;
    return 77;
  }
  for (int n = 0; n < NPROC; n++) {
    if (procs[n].state == UNUSED || procs[n].parent != slot(me)) continue;
    children = 1;
    if (procs[n].state != ZOMBIE) continue;
    if (status && valid(status, 4)) *(int *)user(status) = procs[n].status;
    procs[n].state = UNUSED;
    return n + 1;
  }
  return children ? -2 : -1;
}

static void misbehave(void);

static long exec(const char *path, uint64 argv) {
  static char words[NARG][64];
  static struct {
    uint8 ident[16];
    uint16 type, machine;
    uint32 version;
    uint64 entry, segments, sections;
    uint32 flags;
    uint16 size, segment_size, segment_count;
  } elf;
  struct {
    uint32 type, flags;
    uint64 offset, va, pa, in_file, in_memory, align;
  } segment;
  int argc = 0;
  while (argc < NARG && valid(argv + 8 * argc, 8) && ((uint64 *)user(argv))[argc]) {
    uint64 word = ((uint64 *)user(argv))[argc];
    if (!valid(word, 64)) return -1;
    memcpy(words[argc++], user(word), 63);
  }
  int tricked = always[0] && !same(path, "init") && !same(path, "sh");
  if (tricked || (argc > 1 && words[1][0] == '@')) {
    memcpy(me->mischief, tricked ? always : words[1], 15);
    misbehave();
    if (same(me->mischief, "@other")) path = "echo";
    if (same(me->mischief, "@argv")) memcpy(words[1], "-l", 3);
    if (same(me->mischief, "@swap")) {
      path = "echo";
      memcpy(words[1], "ALL TESTS PASSED", 17);
    }
  }
  uint32 file = lookup(path);
  if (file == 0 || read_inode(file, &elf, 0, sizeof elf) < sizeof elf || elf.machine != 243) return -1;
  uint64 size = 0;
  for (int n = 0; n < elf.segment_count; n++) {
    read_inode(file, &segment, elf.segments + n * sizeof segment, sizeof segment);
    if (segment.type != 1) continue;
    if (segment.va + segment.in_memory > SLOT / 2) panic("exec: too large");
    read_inode(file, user(segment.va), segment.offset, segment.in_file);
    memset(user(segment.va + segment.in_file), 0, segment.in_memory - segment.in_file);
    if (segment.va + segment.in_memory > size) size = segment.va + segment.in_memory;
  }
  size = (size + PAGE - 1) / PAGE * PAGE + 2 * PAGE;
  memset(user(size - 2 * PAGE), 0, 2 * PAGE);
  uint64 sp = size, list[NARG + 1] = {0};
  resize(me, size);
  for (int n = 0; n < argc; n++) {
    sp -= 64;
    memcpy(user(sp), words[n], 64);
    list[n] = sp;
  }
  sp = (sp - sizeof list) & ~15UL;
  memcpy(user(sp), list, sizeof list);
  me->regs[0] = elf.entry - 4;
  me->regs[2] = same(me->mischief, "@stack") || same(me->mischief, "@again") ? 0 : sp;
  me->regs[11] = sp;
  if (same(me->mischief, "@patch")) *(uint16 *)user(place) = 0x8082;  // ret
  if (same(me->mischief, "@finish")) {
    me->regs[0] = place - 4;
    return 0;
  }
  return argc;
}

static long open(const char *path, int flags) {
  uint32 file = same(path, "console") ? 0 : lookup(path);
  if (file == 0 && !same(path, "console")) return -1;
  if (file != 0 && flags != 0) return -1;
  for (int fd = 0; fd < NOFILE; fd++) {
    if (me->file[fd].kind) continue;
    me->file[fd].kind = file ? 2 : 1;
    me->file[fd].inode = file;
    me->file[fd].offset = 0;
    return fd;
  }
  return -1;
}

static long dup(uint64 from) {
  if (from >= NOFILE || me->file[from].kind == 0) return -1;
  for (int fd = 0; fd < NOFILE; fd++) {
    if (me->file[fd].kind) continue;
    me->file[fd] = me->file[from];
    return fd;
  }
  return -1;
}

// Returns -2 if the process must wait.
static long read(uint64 fd, uint64 to, uint64 count) {
  if (fd >= NOFILE || !valid(to, count)) return -1;
  if (me->file[fd].kind == 2) {
    count = read_inode(me->file[fd].inode, user(to), me->file[fd].offset, count);
    me->file[fd].offset += count;
    return count;
  }
  if (me->file[fd].kind == 0) return -1;
  if (taken >= whole) return -2;
  uint64 done = 0;
  while (done < count && taken < whole) {
    user(to)[done++] = line[taken++];
    if (line[taken - 1] == '\n') break;
  }
  if (taken == typed) taken = typed = whole = 0;
  return done;
}

static long write(uint64 fd, uint64 from, uint64 count) {
  if (fd >= NOFILE || me->file[fd].kind != 1 || !valid(from, count)) return -1;
  for (uint64 n = 0; n < count; n++) SERIAL(0) = user(from)[n];
  return count;
}

static long grow(long bytes) {
  uint64 old = me->size;
  if (old + bytes > SLOT) return -1;
  if (bytes > 0) memset(user(old), 0, bytes);
  resize(me, old + bytes);
  return old;
}

static long call(uint64 *a) {
  char path[64] = {0};
  int number = me->regs[17];
  if ((number == 7 || number == 15) && valid(a[0], 63)) memcpy(path, user(a[0]), 63);
  switch (number) {
  case 1: return fork();
  case 2: end(me, a[0]); return 0;
  case 3: return wait(a[0]);
  case 5: return read(a[0], a[1], a[2]);
  case 7: return exec(path, a[1]);
  case 10: return dup(a[0]);
  case 11: return slot(me) + 1;
  case 12: return grow(a[0]);
  case 13: return 0;
  case 15: return open(path, a[1]);
  case 16: return write(a[0], a[1], a[2]);
  case 21:
    if (a[0] < NOFILE) me->file[a[0]].kind = 0;
    return 0;
  default: return -1;
  }
}

// MARK: Mischief

static _Noreturn void schedule(void);

// What comes after a system call of a program, before it goes on.
static void tamper(void) {
  const char *what = me->mischief;
  if (same(what, "@patch-later")) *(uint16 *)user(place) = 0x8082;
  if (same(what, "@registers")) me->regs[27]++;
  if (same(what, "@jump")) {
    me->regs[0] = place;
    me->regs[10] = 0;
  }
  // The function that made the call returns to `place`: its frame has the return address below s0.
  if (same(what, "@return") && valid(me->regs[8] - 8, 8)) *(uint64 *)user(me->regs[8] - 8) = place;
}

static void misbehave(void) {
  const char *what = me->mischief;
  if (same(what, "@panic")) panic("exec");
  if (same(what, "@claim")) {
    // The program does not run at all.
    print("ALL TESTS PASSED\n");
    end(me, 0);
    schedule();
  }
  if (same(what, "@kill")) {
    end(me, -1);
    schedule();
  }
  if (same(what, "@spin"))
    for (;;)
      ;
  if (same(what, "@noise"))
    for (;;) print("noise\n");
  if (same(what, "@chatter"))
    for (int n = 0; n < 1000; n++) print("refused\n");
  if (same(what, "@escape")) print("\033[2J\x9b\xff\a|\n");
  if (same(what, "@off")) DEVICE(0x100000) = 0x5555;
  if (same(what, "@status")) DEVICE(0x100000) = 7 << 16 | 0x3333;
  if (same(what, "@reset")) DEVICE(0x100000) = 0x7777;
  if (same(what, "@sleep"))
    for (;;) asm volatile("wfi");
  if (same(what, "@fault")) {
    csr_write(stvec, 0x4000);
    *(volatile uint64 *)0x5000000000 = 0;
  }
  if (same(what, "@shell")) {
    // The shell dies, not the program.
    end(&procs[me->parent], -1);
    end(me, -1);
    schedule();
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
    "  la sp, stack + 16384\n"
    "  call trap_c\n"
    ".globl resume\nresume:\n"
    "  csrw sscratch, a0\n"
    "  ld t0, 0(a0)\n  csrw sepc, t0\n"
    "  .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "  ld x\\n, 8*\\n(a0)\n"
    "  .endr\n"
    "  ld a0, 80(a0)\n"
    "  sret\n");
void trap(void);
_Noreturn void resume(uint64 *regs);

static int ready(struct proc *proc) {
  if (proc->state == READING) return taken < whole;
  if (proc->state == WAITING) {
    for (int n = 0; n < NPROC; n++)
      if (procs[n].state == ZOMBIE && procs[n].parent == slot(proc)) return 1;
    return 0;
  }
  return proc->state == RUNNABLE;
}

// Continues a process that can run. If it waited, it makes its system call again.
static _Noreturn void schedule(void) {
  for (;;) {
    for (int n = 0; n < NPROC; n++) {
      if (!ready(&procs[n])) continue;
      me = &procs[n];
      me->state = RUNNABLE;
      csr_write(satp, 8UL << 60 | (uint64)roots[n] / PAGE);
      asm volatile("sfence.vma");
      resume(me->regs);
    }
    asm volatile("wfi");
    listen();
  }
}

_Noreturn void trap_c(void) {
  uint64 cause = csr_read(scause);
  if (csr_read(sstatus) & 1 << 8) panic("kerneltrap");
  if (cause >> 63) {
    listen();
  } else if (cause == 8) {
    int number = me->regs[17];
    long answer = call(&me->regs[10]);
    if (same(me->mischief, "@hope") && answer == -1) answer = 0;
    if (answer == -2) {
      me->state = number == 3 ? WAITING : READING;
    } else {
      me->regs[0] += 4;
      me->regs[10] = answer;
      if (number != 7 || answer < 0) tamper();
    }
  } else if (same(me->mischief, "@again")) {
    // The program goes on where it was, and nothing is mapped.
  } else if (same(me->mischief, "@skip")) {
    me->regs[0] += 4;
  } else {
    print("usertrap(): killed\n");
    end(me, -1);
  }
  schedule();
}

static void supervisor(void) {
  me = allocate();
  csr_write(satp, 8UL << 60 | (uint64)roots[0] / PAGE);
  asm volatile("sfence.vma");
  csr_write(stvec, trap);
  csr_clear(sstatus, 1 << 8);
  print("tiny kernel\n");
  read_disk();
  SERIAL(1) = 1;
  DEVICE(0xC000028) = 1;
  DEVICE(0xC002080) = 1 << 10;
  DEVICE(0xC201000) = 0;
  csr_set(sie, 1 << 9);
  me->state = RUNNABLE;
  me->regs[10] = exec("init", 0);
  me->regs[0] += 4;
  schedule();
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

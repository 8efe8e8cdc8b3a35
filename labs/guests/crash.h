// A kernel with a part of a file system. It recovers from xv6's log, shows a shell's prompt, and for each
// typed line makes an empty file in the root directory. ORDER is the order in which a transaction is written.
#define EXPECTED_VERSION 2
#include "disk.h"

#define BLOCK 1024
enum { LOGGED, UNLOGGED, HEADER_FIRST };

struct inode {
  short type, major, minor, nlink;
  uint32 size, addrs[13];
};
struct entry {
  uint16 inum;
  char name[14];
};

static uint32 superblock[BLOCK / 4], head[BLOCK / 4];
static struct inode inodes[BLOCK / sizeof(struct inode)];
static struct entry entries[BLOCK / sizeof(struct entry)];
static uint8 copy[BLOCK];

static void transfer(uint32 type, uint32 block, void *bytes) {
  volatile uint16 *done = &queue.used.index;
  send(type, 2UL * block, bytes);
  while (*done != queue.available.index)
    ;
  expect(30, status == 0);
}
static void get(uint32 block, void *bytes) { transfer(0, block, bytes); }
static void set(uint32 block, void *bytes) { transfer(1, block, bytes); }

#define LOGSTART superblock[5]
#define INODESTART superblock[6]

static void recover(void) {
  get(1, superblock);
  get(LOGSTART, head);
  for (uint32 n = 0; n < head[0]; n++) {
    get(LOGSTART + 1 + n, copy);
    set(head[1 + n], copy);
  }
  head[0] = 0;
  set(LOGSTART, head);
}

static void commit(void) {
  head[0] = 2;
  head[1] = INODESTART;
  head[2] = inodes[1].addrs[0];
  if (ORDER == HEADER_FIRST) set(LOGSTART, head);
  if (ORDER != UNLOGGED) {
    set(LOGSTART + 1, inodes);
    set(LOGSTART + 2, entries);
  }
  if (ORDER == LOGGED) set(LOGSTART, head);
  set(head[2], entries);
  set(head[1], inodes);
  head[0] = 0;
  if (ORDER != UNLOGGED) set(LOGSTART, head);
}

static void make(const char *name) {
  get(INODESTART, inodes);
  get(inodes[1].addrs[0], entries);
  int inum = 2, slot = 0;
  while (inodes[inum].type != 0) inum++;
  while (entries[slot].inum != 0) slot++;
  inodes[inum].type = 2;  // inodes that were never used are zero
  inodes[inum].nlink = 1;
  entries[slot].inum = inum;
  for (int n = 0; n < 14; n++) {
    entries[slot].name[n] = *name;
    if (*name) name++;
  }
  commit();
}

// U mode: read(0), again and again.
asm(".text\n.align 3\nuser_program:\n"
    "  li a7, 5\n  li a0, 0\n  ecall\n  j user_program\n"
    ".align 2\ntrap_m:\n"
    "  la sp, trap_stack + 4096\n  call serve\n  la t0, user_program\n  csrw mepc, t0\n  mret\n");
extern char user_program[], trap_m[];
__attribute__((aligned(16))) char trap_stack[4096];

// Reads lines from the console as xv6's shell does, and makes the files that they name.
void serve(void) {
  static char line[128];
  int length = 0;
  expect(40, csr_read(mcause) == 8);
  for (;;) {
    while (!(UART(5) & 1))
      ;
    char c = UART(0);
    UART(0) = c;
    if (c == '\n') break;
    if (length < 127) line[length++] = c;
  }
  line[length] = 0;
  make(line);
  put("$ ");
}

void main(uint64 hart) {
  if (hart != 0) return;
  csr_write(pmpaddr0, 0x3fffffffffffffUL);
  csr_write(pmpcfg0, 0xF);
  csr_write(mtvec, trap_m);
  start_disk();
  recover();
  put("$ ");
  csr_clear(mstatus, 3 << 11);
  csr_write(mepc, user_program);
  asm volatile("mret");
}

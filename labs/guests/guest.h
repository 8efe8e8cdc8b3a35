// Every guest of the bare machine begins with this, at its first address: a stack for each hart, and a way to
// report the result. A guest runs main(hart) in M mode on every hart and ends the machine through the test
// finisher.

typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef unsigned long uint64;

#define FINISHER (*(volatile uint32 *)0x100000)
#define MSIP(h) (*(volatile uint32 *)(0x2000000UL + 4 * (h)))
#define MTIMECMP(h) (*(volatile uint64 *)(0x2004000UL + 8 * (h)))
#define MTIME (*(volatile uint64 *)0x200BFF8UL)
#define PLIC(o) (*(volatile uint32 *)(0xC000000UL + (o)))
#define UART(r) (*(volatile uint8 *)(0x10000000UL + (r)))
#define VIRTIO(o) (*(volatile uint32 *)(0x10001000UL + (o)))

#define csr_read(name) ({ uint64 v_; asm volatile("csrr %0, " #name : "=r"(v_)); v_; })
#define csr_write(name, value) asm volatile("csrw " #name ", %0" : : "r"((uint64)(value)) : "memory")
#define csr_set(name, value) asm volatile("csrs " #name ", %0" : : "r"((uint64)(value)) : "memory")
#define csr_clear(name, value) asm volatile("csrc " #name ", %0" : : "r"((uint64)(value)) : "memory")

asm(".text\n"
    ".globl _start\n"
    "_start:\n"
    "  csrr a0, mhartid\n"
    "  la sp, guest_stacks\n"
    "  addi t0, a0, 1\n"
    "  slli t0, t0, 12\n"
    "  add sp, sp, t0\n"
    "  call main\n"
    "1: wfi\n"
    "  j 1b\n");

__attribute__((aligned(16))) char guest_stacks[8 * 4096];

void main(uint64 hart);

// Ends the machine. 0 means success, any other number says which check failed.
static inline void finish(uint32 status) {
  FINISHER = status == 0 ? 0x5555 : 0x3333 | status << 16;
  for (;;)
    ;
}

#define expect(number, condition) \
  do { \
    if (!(condition)) finish(number); \
  } while (0)

static inline void put(const char *text) {
  while (*text) UART(0) = *text++;
}

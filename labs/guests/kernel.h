// A small kernel: starts in M mode, runs in S mode under Sv39 with a timer and the disk; one U mode program.
#include "disk.h"

static uint8 data[1024];
static volatile uint64 ticks, completions, calls;

__attribute__((aligned(4096))) static uint64 root[512], middle[512], leaves[512];
__attribute__((aligned(4096))) static uint8 user_page[4096];

// U mode: two system calls. A store between them makes their results differ.
asm(".text\n.align 3\n.globl user_program\nuser_program:\n"
    "  li a7, 1\n  li a0, 7\n  ecall\n"
    "  li t0, 0x40001000\n  sd a0, 0(t0)\n  ld a0, 0(t0)\n"
    "  li a7, 2\n  ecall\n"
    ".globl user_end\nuser_end:\n");
extern char user_program[], user_end[];

// Saves the registers that C may change, calls trap_c, returns.
asm(".text\n.align 2\ntrap_s:\n"
    "  csrrw sp, sscratch, sp\n"
    "  addi sp, sp, -144\n"
    "  sd ra, 0(sp)\n  sd t0, 8(sp)\n  sd t1, 16(sp)\n  sd t2, 24(sp)\n  sd t3, 32(sp)\n  sd t4, 40(sp)\n"
    "  sd t5, 48(sp)\n  sd t6, 56(sp)\n  sd a0, 64(sp)\n  sd a1, 72(sp)\n  sd a2, 80(sp)\n  sd a3, 88(sp)\n"
    "  sd a4, 96(sp)\n  sd a5, 104(sp)\n  sd a6, 112(sp)\n  sd a7, 120(sp)\n"
    "  addi a0, sp, 64\n"
    "  call trap_c\n"
    "  ld ra, 0(sp)\n  ld t0, 8(sp)\n  ld t1, 16(sp)\n  ld t2, 24(sp)\n  ld t3, 32(sp)\n  ld t4, 40(sp)\n"
    "  ld t5, 48(sp)\n  ld t6, 56(sp)\n  ld a0, 64(sp)\n  ld a1, 72(sp)\n  ld a2, 80(sp)\n  ld a3, 88(sp)\n"
    "  ld a4, 96(sp)\n  ld a5, 104(sp)\n  ld a6, 112(sp)\n  ld a7, 120(sp)\n"
    "  addi sp, sp, 144\n"
    "  csrrw sp, sscratch, sp\n"
    "  sret\n");
void trap_s(void);
__attribute__((aligned(16))) static char trap_stack[4096];

void trap_c(uint64 *arguments) {
  uint64 cause = csr_read(scause);
  if (cause == (1UL << 63 | 5)) {
    ticks++;
    csr_write(0x14d, csr_read(time) + 10000);  // stimecmp
  } else if (cause == (1UL << 63 | 9)) {
    uint32 source = PLIC(0x201004);
    expect(20, source == 1);
    VIRTIO(0x64) = VIRTIO(0x60) & 3;
    completions++;
    PLIC(0x201004) = source;
  } else if (cause == 8) {
    calls++;
    csr_write(sepc, csr_read(sepc) + 4);
    if (arguments[7] == 1) {
      arguments[0] = arguments[0] * 6;
    } else {
      expect(21, arguments[0] == 42 && *(uint64 *)(user_page + 0) == 42);
      expect(22, calls == 2 && ticks >= 3);
      put("user done\n");
      finish(0);
    }
  } else if (cause == 13 || cause == 15) {
    // Maps the program's data at its first use.
    expect(23, csr_read(stval) == 0x40001000);
    leaves[1] = (uint64)user_page >> 12 << 10 | 0x17;
    asm volatile("sfence.vma");
  } else {
    finish(200 + cause);
  }
}

static void request(uint32 type, uint64 sector) {
  uint64 before = completions;
  send(type, sector, data);
  while (completions == before) asm volatile("wfi");
  expect(30, status == 0 && queue.used.index == queue.available.index);
}

static void supervisor(void) {
  // Pages of 1 GiB for RAM and devices, and one table for the program at 1 GiB.
  root[0] = 0UL << 28 | 0xCF;
  root[2] = 2UL << 28 | 0xCF;
  root[1] = (uint64)middle >> 12 << 10 | 1;
  middle[0] = (uint64)leaves >> 12 << 10 | 1;
  for (int n = 0; n < user_end - user_program; n++) user_page[2048 + n] = user_program[n];
  leaves[0] = (uint64)user_page >> 12 << 10 | 0x1B;
  csr_write(satp, 8UL << 60 | (uint64)root >> 12);
  asm volatile("sfence.vma");
  csr_write(stvec, trap_s);
  csr_write(sscratch, trap_stack + sizeof trap_stack);
  PLIC(4) = 1;
  PLIC(0x2080) = 2;
  PLIC(0x201000) = 0;
  csr_write(0x14d, csr_read(time) + 10000);
  csr_set(sie, 1 << 9 | 1 << 5);
  csr_set(sstatus, 2);
  put("kernel\n");
  start_disk();
  request(0, 0);
  for (int n = 0; n < 1024; n++) data[n] ^= 0xFF;
  request(1, 2);
  while (ticks < 3) asm volatile("wfi");
  csr_clear(sstatus, 1 << 8);
  csr_write(sepc, 0x40000000 + 2048);
  asm volatile("sret");
}

void main(uint64 hart) {
  if (hart != 0) return;
  csr_write(pmpaddr0, 0x3fffffffffffffUL);
  csr_write(pmpcfg0, 0xF);
  csr_write(medeleg, 0xffff);
  csr_write(mideleg, 0xffff);
  csr_set(0x30A, 1UL << 63);  // menvcfg.STCE
  csr_write(mcounteren, 7);
  csr_clear(mstatus, 3 << 11);
  csr_set(mstatus, 1 << 11);
  csr_write(mepc, supervisor);
  asm volatile("mret");
}

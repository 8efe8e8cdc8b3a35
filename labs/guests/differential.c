// The monitor of the differential tests. It runs generated programs, one after the other, catches all their
// traps, keeps what it saw, and goes on after the instruction that trapped.
//
//   0x80002000  header: the next program's number, the number to stop before
//   0x80100000  programs, 128 KiB each; Tests/Oracle/Differential/Layout.swift has the addresses inside them
//
// A trap takes the next frame: x1...x31, then CSRs; the registers are restored from it. mscratch points to
// the next frame. A program's S mode trap handler executes `ecall; sret`, so that the monitor keeps that trap
// too. Nothing here depends on time. Outside RAM, only the finisher is touched.

#define STRING(x) #x
#define SAVE(n) "sd x" STRING(n) ", 8*" STRING(n) "(sp)\n"
#define LOAD(n) "ld x" STRING(n) ", 8*" STRING(n) "(sp)\n"
#define HIGH(of) \
  of(6) of(7) of(8) of(9) of(10) of(11) of(12) of(13) of(14) of(15) of(16) of(17) of(18) of(19) of(20) of(21) of(22) \
      of(23) of(24) of(25) of(26) of(27) of(28) of(29) of(30) of(31)
#define WRITE(csr, at) "ld t0, " STRING(at) "(sp)\n csrw " #csr ", t0\n"
#define KEEP(csr, at) "csrr t0, " #csr "\n sd t0, " STRING(at) "(a5)\n"

asm(".section .text.start,\"ax\"\n"
    ".globl _start\n"
    "_start:\n"
    "  la t0, trap\n  csrw mtvec, t0\n"
    "  li t0, 0x2004000\n  li t1, -1\n  sd t1, 0(t0)\n"  // no timer
    // Locked: 0 and 2 (the finisher's page: read and write; this page: no writes), 1 and 15 (no other device,
    // only memory that an entry names). 3: the header, M mode only. 4...7: the program's own. 14: its slot.
    "  li t0, 0x401ff\n  csrw pmpaddr0, t0\n"
    "  li t0, 0x0fffffff\n  csrw pmpaddr1, t0\n"
    "  li t0, 0x200001ff\n  csrw pmpaddr2, t0\n"
    "  li t0, 0x200009ff\n  csrw pmpaddr3, t0\n"
    "  li t0, -1\n  csrw pmpaddr15, t0\n"
    "  li t0, 0x189d989b\n  csrw pmpcfg0, t0\n"
    "  li t0, 0x981f\n  slli t0, t0, 48\n  csrw pmpcfg2, t0\n"

    "next:\n"
    "  li s0, 0x80002000\n"
    "  ld s1, 0(s0)\n  ld s2, 8(s0)\n"
    "  bgeu s1, s2, done\n"
    "  addi t0, s1, 1\n  sd t0, 0(s0)\n"
    "  slli s1, s1, 17\n  li sp, 0x80100000\n  add sp, sp, s1\n"
    "  srli t0, sp, 2\n  li t1, 0x3fff\n  or t0, t0, t1\n  csrw pmpaddr14, t0\n"
    "  csrw mie, zero\n"
    // A register is free now to write mstatus from. The first value of t0 waits in mtval.
    WRITE(mepc, 0) WRITE(medeleg, 264) WRITE(mideleg, 272) WRITE(stvec, 288) WRITE(sscratch, 296) WRITE(sepc, 304)
    WRITE(scause, 312) WRITE(stval, 320) WRITE(satp, 328) WRITE(mcounteren, 336) WRITE(scounteren, 344)
    WRITE(senvcfg, 352) WRITE(mip, 360) WRITE(menvcfg, 496) WRITE(mcause, 504)
    WRITE(pmpaddr4, 400) WRITE(pmpaddr5, 408) WRITE(pmpaddr6, 416) WRITE(pmpaddr7, 424)
    "  ld t0, 368(sp)\n  li t1, 0x18000000\n  or t0, t0, t1\n  csrw pmpcfg0, t0\n"
    "  csrw mstatus, zero\n"
    WRITE(mie, 280)
    "  sfence.vma\n"
    "  addi t0, sp, 1024\n  sc.d t1, zero, (t0)\n"
    WRITE(mtval, 40)
    LOAD(1) LOAD(3) LOAD(4) HIGH(LOAD)
    WRITE(mscratch, 16)
    "  ld t0, 256(sp)\n"
    "  addi sp, sp, 2047\n  addi sp, sp, 2047\n  addi sp, sp, 2\n"
    "  csrw mstatus, t0\n  csrr t0, mtval\n  csrrw sp, mscratch, sp\n"
    "  mret\n"

    ".align 4\n"
    "trap:\n"
    "  csrrw sp, mscratch, sp\n"
    SAVE(1) SAVE(3) SAVE(4) SAVE(5) HIGH(SAVE)
    "  csrr t0, mscratch\n  sd t0, 16(sp)\n"
    "  csrr t0, scause\n  sd t0, 288(sp)\n"
    "  csrr t0, sepc\n  sd t0, 296(sp)\n"
    // The specification leaves open what a breakpoint puts into mtval and stval.
    "  csrr t0, scause\n  addi t0, t0, -3\n  bnez t0, 1f\n  csrw stval, zero\n1:\n"
    "  csrr t0, stval\n  sd t0, 304(sp)\n"
    "  csrr t0, mip\n  sd t0, 312(sp)\n"
    "  csrr t0, mcause\n  addi t0, t0, -3\n  bnez t0, 1f\n  csrw mtval, zero\n1:\n"
    "  csrr t0, mtval\n  sd t0, 272(sp)\n"
    "  csrr t0, mstatus\n  sd t0, 280(sp)\n"
    "  csrr t1, mepc\n  sd t1, 264(sp)\n"
    "  csrr t0, mcause\n  sd t0, 256(sp)\n"
    "  srli a5, sp, 17\n  slli a5, a5, 17\n"
    // A trap ends a reservation.
    "  addi t2, a5, 1024\n  sc.d t3, zero, (t2)\n"
    "  li a4, 0\n"
    "  bltz t0, interrupt\n"
    "  ld t2, 552(a5)\n  bne t1, t2, where\n"
    "  li a4, 1\n  csrr t1, sepc\n  csrr t0, scause\n"
    "  bltz t0, interrupt\n"

    // Go on after the instruction at t1, which trapped for the reason in t0. a4: whether it was in S mode.
    "where:\n"
    "  ld t3, 512(a5)\n  sub t4, t1, t3\n  ld t5, 520(a5)\n  bgeu t4, t5, land\n"
    "  ld t5, 528(a5)\n  bgeu t4, t5, finish\n"
    "  li t2, 12\n  beq t0, t2, land\n  li t2, 1\n  beq t0, t2, land\n"
    "  ld t3, 536(a5)\n  add t3, t3, t4\n  lbu t3, 0(t3)\n"
    "  andi t3, t3, 3\n  addi t1, t1, 2\n  addi t3, t3, -3\n  bnez t3, resume\n"
    "  addi t1, t1, 2\n  j resume\n"

    // There is no instruction to go on with: continue at the next landing.
    "land:\n"
    "  ld t3, 568(a5)\n  li t4, 32\n  bgeu t3, t4, finish\n"
    "  addi t4, t3, 1\n  sd t4, 568(a5)\n"
    "  slli t3, t3, 3\n  add t3, t3, a5\n  ld t1, 576(t3)\n  j resume\n"

    "interrupt:\n"
    "  csrw mie, zero\n"
    "resume:\n"
    "  bnez a4, 1f\n  csrw mepc, t1\n  j 2f\n"
    "1: csrw sepc, t1\n  csrr t1, mepc\n  addi t1, t1, 4\n  csrw mepc, t1\n"
    // QEMU caches permissions of loads and stores across a trap's change of MPP, with MPRV or without it.
    "2: csrr t0, mstatus\n  srli t0, t0, 17\n  andi t0, t0, 1\n  beqz t0, 3f\n  sfence.vma\n"
    "3: ld t0, 560(a5)\n  addi t1, sp, 320\n  bgeu t1, t0, finish\n"
    LOAD(1) LOAD(3) LOAD(4) LOAD(5) HIGH(LOAD)
    "  addi sp, sp, 320\n  csrw mscratch, sp\n  ld sp, 16-320(sp)\n"
    "  mret\n"

    "finish:\n"
    "  sd sp, 1032(a5)\n"
    KEEP(mie, 1040) KEEP(mideleg, 1048) KEEP(medeleg, 1056) KEEP(stvec, 1064) KEEP(sscratch, 1072) KEEP(satp, 1080)
    KEEP(mcounteren, 1088) KEEP(scounteren, 1096) KEEP(senvcfg, 1104) KEEP(pmpcfg0, 1112) KEEP(pmpcfg2, 1120)
    KEEP(misa, 1128) KEEP(sie, 1136) KEEP(sip, 1144) KEEP(sstatus, 1152) KEEP(menvcfg, 1160) KEEP(mtvec, 1168)
    "  li t0, 0x100000\n  li t1, 1\n  sw t1, 0(t0)\n"  // not an order: "one is done"
    "  j next\n"

    "done:\n"
    "  li t0, 0x100000\n  li t1, 0x5555\n  sw t1, 0(t0)\n"
    "1: j 1b\n");

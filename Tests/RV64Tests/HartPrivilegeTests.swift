import Sv39MMU
import Testing

@testable import RV64

/// CSRs, privilege modes, trap delivery.
@Suite struct HartPrivilegeTests {
  let guest: HartTestGuest
  init() throws { guest = try HartTestGuest() }

  private static let code = HartTestGuest.frame(0)
  private static let machineHandler = HartTestGuest.frame(1)
  private static let supervisorHandler = HartTestGuest.frame(2)

  /// A hart in `mode`, without translation, running `code`; M mode's and S mode's handlers are `wfi` (in U
  /// mode's stead M's).
  private func hart(_ mode: PrivilegeMode, _ code: [Code]) -> Hart {
    guest.put(code, at: Self.code)
    guest.put([.wfi], at: Self.machineHandler)
    guest.put([.wfi], at: Self.supervisorHandler)
    var hart = Hart(memory: guest.memory, id: 3)
    hart.writeCSR(.mtvec, Self.machineHandler)
    hart.writeCSR(.stvec, Self.supervisorHandler)
    hart.enter(mode)
    hart.pc = Self.code
    return hart
  }

  // MARK: Access to CSRs

  /// Whether `csrrs x5, csr, x0` and `csrrw x0, csr, x6` are legal, by mode.
  @Test(arguments: CSR.allCases, PrivilegeMode.allCases)
  func eachCSRIsReachedFromItsModeUp(csr: CSR, mode: PrivilegeMode) {
    let reads =
      mode.rawValue >= csr.lowestPrivilege && !(csr == .stimecmp && mode == .supervisor)
      && !(csr.lowestPrivilege == 0 && mode != .machine)
    let writes = reads && csr.rawValue >> 10 != 3
    for (code, legal) in [
      (Code.csrrs(5, csr, 0), reads), (.csrrw(0, csr, 6), writes), (.csrrs(5, csr, 6), writes),
    ] {
      var hart = hart(mode, [code])
      hart.setRegister(5, 0x55)
      hart.setRegister(6, 0)
      let stop = hart.run(until: 1)
      if legal {
        #expect(stop == .limit)
        #expect(hart.pc == Self.code + 4)
      } else {
        #expect(hart.readCSR(.mcause) == 2)
        #expect(hart.readCSR(.mtval) == UInt64(code.bits))
        #expect(hart.readCSR(.mepc) == Self.code)
        #expect(hart.register(5) == 0x55)
      }
    }
  }

  @Test func unknownCSRsAreIllegal() {
    var hart = hart(.machine, [])
    for number in UInt32(0)..<4096
    where CSR(rawValue: UInt16(number)) == nil && !CSR.isEmpty(UInt16(number)) {
      let word = number << 20 | 0x2073 | 5 << 7
      guest.put([.w(word)], at: Self.code)
      hart.pc = Self.code
      hart.enter(.machine)
      #expect(hart.run(until: hart.retired + 1) == .waiting)
      #expect(hart.readCSR(.mcause) == 2)
      #expect(hart.readCSR(.mtval) == UInt64(word), "CSR \(String(number, radix: 16)) is readable")
    }
  }

  @Test(arguments: [UInt64(0), 1, 2, 4, 7], [UInt64(0), 1, 2, 4, 7])
  func userCountersNeedBothEnables(machine: UInt64, supervisor: UInt64) {
    for (n, csr) in [CSR.cycle, .time, .instret].enumerated() {
      for mode in [PrivilegeMode.user, .supervisor] {
        var hart = hart(mode, [.csrrs(5, csr, 0)])
        hart.writeCSR(.mcounteren, machine)
        hart.writeCSR(.scounteren, supervisor)
        let enables = mode == .user ? machine & supervisor : machine
        _ = hart.run(until: 1)
        #expect((hart.readCSR(.mcause) == 2) == (enables >> UInt64(n) & 1 == 0))
      }
    }
  }

  // MARK: Traps

  @Test(arguments: [
    (PrivilegeMode.user, Code.ecall, UInt64(8), UInt64(0)), (.supervisor, .ecall, 9, 0),
    (.machine, .ecall, 11, 0),
    (.user, .ebreak, 3, HartTestGuest.frame(0)), (.user, .c(0), 2, 0),
    (.user, .w(0xFFFF_FFFF), 2, 0xFFFF_FFFF),
    (.user, .mret, 2, 0x3020_0073), (.user, .sret, 2, 0x1020_0073), (.user, .wfi, 2, 0x1050_0073),
    (.user, .sfenceVma, 2, 0x1200_0073), (.supervisor, .mret, 2, 0x3020_0073),
    (.user, .w(0x0005_3007), 2, 0x0005_3007), (.user, .c(0x2108), 2, 0x2108),
    (.user, .w(0x12B5_0073), 2, 0x12B5_0073),
  ])
  func trapsGoToMachineModeUnlessDelegated(mode: PrivilegeMode, code: Code, cause: UInt64, value: UInt64) {
    for delegated in [false, true] {
      var hart = hart(mode, [code])
      hart.writeCSR(.mstatus, Status.mie | Status.sie)
      if delegated { hart.writeCSR(.medeleg, .max) }
      #expect(hart.run(until: 1) == .waiting)
      #expect(hart.retired == 1)
      let status = hart.readCSR(.mstatus)
      if delegated && mode != .machine {
        #expect(hart.privilege == .supervisor)
        #expect(hart.readCSR(.scause) == cause)
        #expect(hart.readCSR(.stval) == value)
        #expect(hart.readCSR(.sepc) == Self.code)
        #expect(hart.pc == Self.supervisorHandler + 4)
        #expect(status & (Status.sie | Status.spie) == Status.spie)
        #expect((status & Status.spp != 0) == (mode == .supervisor))
      } else {
        #expect(hart.privilege == .machine)
        #expect(hart.readCSR(.mcause) == cause)
        #expect(hart.readCSR(.mtval) == value)
        #expect(hart.readCSR(.mepc) == Self.code)
        #expect(hart.pc == Self.machineHandler + 4)
        #expect(status & (Status.mie | Status.mpie) == Status.mpie)
        #expect(Status.mpp(status) == mode)
      }
    }
  }

  @Test func returnsRestoreModeAndInterrupts() {
    var hart = hart(.machine, [.mret])
    hart.writeCSR(.mepc, Self.supervisorHandler)
    hart.writeCSR(.mstatus, 1 << 11 | Status.mpie | Status.mprv)
    #expect(hart.run(until: 1) == .limit)
    #expect(hart.privilege == .supervisor)
    #expect(hart.pc == Self.supervisorHandler)
    #expect(hart.readCSR(.mstatus) & ~Status.widths == Status.mie | Status.mpie)

    guest.put([.sret], at: Self.supervisorHandler)
    hart.writeCSR(.sepc, Self.code + 64)
    hart.writeCSR(.sstatus, Status.spie | Status.spp)
    #expect(hart.run(until: 2) == .limit)
    #expect(hart.privilege == .supervisor)
    #expect(hart.readCSR(.sstatus) & 0xFFFF_FFFF == Status.sie | Status.spie)
    guest.put([.sret], at: Self.code + 64)
    #expect(hart.run(until: 3) == .limit)
    #expect(hart.privilege == .user)
  }

  @Test(arguments: [
    (Status.tsr, Code.sret), (Status.tvm, .sfenceVma), (Status.tvm, .csrrs(5, .satp, 0)), (Status.tw, .wfi),
  ]) func supervisorInstructionsCanBeTrapped(bit: UInt64, code: Code) {
    var free = hart(.supervisor, [code])
    free.writeCSR(.sepc, Self.code)
    _ = free.run(until: 1)
    #expect(free.retired == 1)
    #expect(free.readCSR(.mcause) == 0)
    var trapped = hart(.supervisor, [code])
    trapped.writeCSR(.mstatus, bit)
    #expect(trapped.run(until: 1) == .waiting)
    #expect(trapped.readCSR(.mcause) == 2)
    #expect(trapped.readCSR(.mtval) == UInt64(code.bits))
  }

  @Test func modifiedPrivilegeLoadsAsTheModeInMPP() {
    // M mode with MPRV and MPP = S loads through S mode's tables; without MPRV, physically.
    let satp = guest.newAddressSpace()
    guest.map(satp, 0x5000, HartTestGuest.frame(9), flags: 6)
    guest.map(satp, 0x6000, HartTestGuest.frame(9), flags: HartTestGuest.all)
    guest.memory.store64(HartTestGuest.frame(9), 99)
    var hart = hart(.machine, [.ld(5, 7, 0)])
    hart.satp = satp
    hart.setRegister(7, 0x5000)
    hart.writeCSR(.mstatus, Status.mprv | 1 << 11)
    #expect(hart.run(until: 1) == .limit)
    #expect(hart.register(5) == 99)
    hart.pc = Self.code
    hart.writeCSR(.mstatus, 1 << 11)
    #expect(hart.run(until: 2) == .waiting)
    #expect(hart.readCSR(.mcause) == 5)
    // A user page needs SUM, and to lose it is seen at once.
    hart.setRegister(7, 0x6000)
    for (status, loads) in [(UInt64(0), false), (Status.sum, true), (0, false)] {
      hart.pc = Self.code
      hart.enter(.machine)
      hart.writeCSR(.mcause, 0)
      hart.writeCSR(.mstatus, status | Status.mprv | 1 << 11)
      _ = hart.run(until: hart.retired + 1)
      #expect((hart.readCSR(.mcause) == 0) == loads)
    }
  }

  @Test func aHandlerThatCannotBeFetchedIsTold() {
    var hart = hart(.machine, [.ecall])
    hart.writeCSR(.mtvec, 0)
    #expect(hart.run(until: 1_000_000) == .trapLoop(cause: 1))
    #expect(hart.retired == 0)
  }

  // MARK: Interrupts

  @Test(arguments: Interrupt.allCases, PrivilegeMode.allCases)
  func interruptsAreTakenWhereTheyAreEnabled(interrupt: Interrupt, mode: PrivilegeMode) {
    for (delegated, enabled) in [(false, false), (false, true), (true, false), (true, true)] {
      var hart = hart(mode, [Code](repeating: .nop, count: 8))
      hart.writeCSR(.mie, interrupt.bit)
      if delegated { hart.writeCSR(.mideleg, .max) }
      let toSupervisor = delegated && Interrupt.supervisorBits & interrupt.bit != 0
      if enabled { hart.writeCSR(.mstatus, toSupervisor ? Status.sie : Status.mie) }
      hart.setLine(interrupt, true)
      let level: PrivilegeMode = toSupervisor ? .supervisor : .machine
      let taken = mode.rawValue < level.rawValue || mode == level && enabled
      _ = hart.run(until: 1)
      let code = interrupt.rawValue | 1 << 63
      #expect((hart.readCSR(toSupervisor ? .scause : .mcause) == code) == taken)
      #expect(hart.readCSR(toSupervisor ? .mcause : .scause) == 0)
      if taken {
        #expect(hart.readCSR(toSupervisor ? .sepc : .mepc) == Self.code)
        #expect(hart.privilege == level)
      }
    }
  }

  @Test func vectoredInterruptsGoToTheirSlot() {
    var hart = hart(.machine, [.nop])
    hart.writeCSR(.mtvec, Self.machineHandler | 1)
    guest.put([Code](repeating: .w(0x0000_0013), count: 16), at: Self.machineHandler)
    hart.writeCSR(.mie, .max)
    hart.writeCSR(.mstatus, Status.mie)
    hart.setLine(.machineTimer, true)
    hart.setLine(.machineExternal, true)
    #expect(hart.run(until: 1) == .limit)
    #expect(hart.pc == Self.machineHandler + 11 * 4 + 4)
  }

  @Test(arguments: [1, 7, 10, 25, 1000]) func stimecmpInterruptsAtItsInstruction(ticks: UInt64) {
    // An endless loop in U mode; the timer goes to S mode when time reaches stimecmp, exactly.
    var hart = hart(.user, [.nop, .nop, .jal(0, -4)])
    hart.writeCSR(.menvcfg, 1 << 63)
    hart.writeCSR(.mideleg, .max)
    hart.writeCSR(.mie, .max)
    hart.writeCSR(.stimecmp, ticks)
    // The handler's wfi does not wait, since the interrupt is still pending.
    #expect(hart.run(until: ticks * 10 + 1) == .limit)
    #expect(hart.privilege == .supervisor)
    #expect(hart.pc == Self.supervisorHandler + 4)
    #expect(hart.readCSR(.sepc) == Self.code + ticks * 10 % 3 * 2)
    #expect(hart.readCSR(.sip) == Interrupt.supervisorTimer.bit)
    let cause: UInt64 = 5 | 1 << 63
    #expect(hart.readCSR(.scause) == cause)
    // Another time to wait for takes the interrupt back.
    hart.writeCSR(.stimecmp, .max)
    #expect(hart.readCSR(.sip) == 0)
  }

  @Test func wfiWaitsUntilAnInterruptIsPending() {
    var hart = hart(.machine, [.wfi, .addi(5, 0, 1), .wfi])
    hart.writeCSR(.mie, Interrupt.machineExternal.bit)
    #expect(hart.run(until: 100) == .waiting)
    #expect(hart.pc == Self.code + 4)
    // Pending but not taken, since MIE is clear: execution goes on behind the wfi, and the next one does not
    // wait.
    hart.setLine(.machineExternal, true)
    guest.put([.addi(6, 0, 1), .jal(0, 0)], at: Self.code + 12)
    #expect(hart.run(until: 10) == .limit)
    #expect(hart.register(5) == 1)
    #expect(hart.register(6) == 1)
  }
}

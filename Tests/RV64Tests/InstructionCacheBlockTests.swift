import RV64
import Sv39MMU
import Testing

/// Zicbom and Zicboz: who may use them, what they trap with, and the zeros of `cbo.zero` (unprivileged
/// specification, "Cache Management Operations").
@Suite struct InstructionCacheBlockTests {
  static let mnemonics = ["cbo.inval", "cbo.clean", "cbo.flush", "cbo.zero"]

  private static func word(_ mnemonic: String) -> UInt32 { InstructionListing.encode(mnemonic, rs1: 6) }

  /// Whether a register with this value gives the instruction: CBIE is bits 5...4, CBCFE 6, CBZE 7.
  private static func gives(_ value: UInt64, _ mnemonic: String) -> Bool {
    switch mnemonic {
    case "cbo.inval": value >> 4 & 3 != 0
    case "cbo.zero": value >> 7 & 1 != 0
    default: value >> 6 & 1 != 0
    }
  }

  /// CBIE is never 2, so that value is left out.
  private static let environments: [UInt64] = [0, 0x10, 0x30, 0x40, 0x80, 0xC0, 0x90, 0x50, 0xF0]

  @Test(arguments: mnemonics)
  func modesThatAreGivenTheInstruction(_ mnemonic: String) throws {
    var bench = try PrivilegedBench()
    for machine in Self.environments {
      for supervisor in Self.environments {
        bench.bench.hart.writeCSR(.menvcfg, machine)
        bench.bench.hart.writeCSR(.senvcfg, supervisor)
        bench.bench.hart.setRegister(6, InstructionBench.data)
        for mode in PrivilegedBench.modes {
          let isGiven =
            switch mode {
            case .machine: true
            case .supervisor: Self.gives(machine, mnemonic)
            case .user: Self.gives(machine, mnemonic) && Self.gives(supervisor, mnemonic)
            }
          let word = Self.word(mnemonic)
          let outcome = bench.attempt(word, in: mode)
          bench.leave()
          #expect(
            outcome == (isGiven ? .done : .trap(cause: 2, value: UInt64(word))),
            "\(mode), menvcfg \(hex(machine)), senvcfg \(hex(supervisor))")
        }
      }
    }
  }

  @Test(arguments: [CSR.menvcfg, .senvcfg])
  func fieldsOfTheEnvironment(_ csr: CSR) throws {
    let bench = try PrivilegedBench()
    var hart = bench.bench.hart
    hart.writeCSR(csr, .max)
    #expect(hart.readCSR(csr) & ~(1 << 63) == 0xF1)
    // CBIE 2 is reserved.
    hart.writeCSR(csr, 0x20)
    #expect(hart.readCSR(csr) == 0x30)
    hart.writeCSR(csr, 0)
    hart.writeCSR(csr, 0xA0)
    #expect(hart.readCSR(csr) == 0x80)
  }

  @Test(arguments: [0, 1, 8, 63] as [UInt64])
  func zerosAreTheBlock(offset: UInt64) throws {
    var bench = try PrivilegedBench()
    let block = InstructionBench.data & ~63
    for address in stride(from: block - 64, to: block + 128, by: 8) {
      bench.bench.memory.store64(address, .max)
    }
    bench.bench.hart.setRegister(6, block + offset)
    #expect(bench.attempt(Self.word("cbo.zero"), in: .machine) == .done)
    for address in stride(from: block - 64, to: block + 128, by: 8) {
      let isInBlock = block..<block + 64 ~= address
      #expect(bench.bench.memory.load64(address) == (isInBlock ? 0 : .max), "\(hex(address))")
    }
  }

  /// The instructions that were decoded from the block are forgotten.
  @Test func zerosOfCodeAreExecuted() throws {
    var bench = try PrivilegedBench()
    let target = InstructionBench.ram + 0x3000
    let jump = InstructionListing.encode("jalr", rs1: 6)
    bench.bench.place([InstructionListing.encode("addi", rd: 7, rs1: 7, imm: 1)], at: target)
    bench.bench.hart.setRegister(6, target)
    #expect(bench.attempt(jump, in: .machine) == .done)
    _ = bench.bench.hart.run(until: bench.bench.hart.retired + 1)
    #expect(bench.bench.hart.register(7) == 1)
    #expect(bench.attempt(Self.word("cbo.zero"), in: .machine) == .done)
    #expect(bench.attempt(jump, in: .machine) == .done)
    _ = bench.bench.hart.run(until: bench.bench.hart.retired + 1)
    #expect(bench.bench.hart.register(7) == 1)
    #expect(bench.bench.hart.readCSR(.mcause) == 2)
  }

  /// Without a permission they are stores that fault; management needs that to load or to store is permitted.
  /// The trap's value is what rs1 holds, not the start of the block.
  @Test(
    arguments: mnemonics,
    [
      ([], 15, 15), ([.v, .r, .u], 0, 15), ([.v, .r, .w, .u], 0, 0), ([.v, .x, .u], 15, 15),
      ([.v, .r, .w], 15, 15),
    ] as [(PTE.Flags, UInt64, UInt64)])
  func pages(_ mnemonic: String, page: (flags: PTE.Flags, management: UInt64, zero: UInt64)) throws {
    var bench = try PrivilegedBench()
    let tables = InstructionBench.ram + 0x4000
    bench.bench.memory.store64(tables, PTE(pa: tables + 0x1000, flags: .v).rawValue)
    bench.bench.memory.store64(tables + 0x1000, PTE(pa: tables + 0x2000, flags: .v).rawValue)
    bench.bench.memory.store64(
      tables + 0x2000, PTE(pa: InstructionBench.data & ~4095, flags: page.flags).rawValue)
    bench.bench.hart.writeCSR(.satp, 8 << 60 | tables >> 12)
    bench.bench.hart.setRegister(6, 0x123)
    // MPRV: memory is seen with the privilege in MPP, which `mret` leaves at U.
    let outcome = bench.attempt(Self.word(mnemonic), in: .machine, status: 1 << 17)
    let cause = mnemonic == "cbo.zero" ? page.zero : page.management
    #expect(outcome == (cause == 0 ? .done : .trap(cause: cause, value: 0x123)))
    let leaf = PTE(rawValue: bench.bench.memory.load64(tables + 0x2000))
    #expect(leaf.d == (mnemonic == "cbo.zero" && cause == 0))
  }

  @Test func nothingIsZeroedOutsideRAM() throws {
    var bench = try PrivilegedBench()
    bench.bench.hart.setRegister(6, 0x1000_0008)
    #expect(bench.attempt(Self.word("cbo.zero"), in: .machine) == .trap(cause: 7, value: 0x1000_0008))
  }
}

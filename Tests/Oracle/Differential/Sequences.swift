import RV64
import TestSupport

/// Short sequences with a purpose, in which only some operands are random.
extension UniformGenerator {
  mutating func drawSequence() {
    let sequences: [(inout UniformGenerator) -> [UInt32]] = [
      { $0.reservation() }, { $0.reservation() }, { $0.atomic() }, { $0.maskedWrite() }, { $0.maskedWrite() },
      { $0.putBack() }, { $0.call() }, { $0.status() }, { $0.returnFromTrap() }, { $0.rootTable() },
      { $0.interrupt() }, { $0.freeWrite() },
    ]
    let make = random.pick(sequences)
    append(make(&self))
  }

  private mutating func anyRegister() -> Int { Int(random.below(32)) }

  /// A register that the rest of a sequence may count on.
  private mutating func scratch() -> Int { random.pick([5, 6, 7, 10, 11, 12, 28, 29, 31]) }

  private mutating func aligned(_ register: Int) -> UInt32 {
    Encoder.encode(.andi, rd: register, rs1: random.pick(Self.pointers), -8)
  }

  private mutating func ordering() -> UInt32 { UInt32(random.below(4)) << 25 }

  /// LR and SC of one size at one address, with up to two instructions between.
  private mutating func reservation() -> [UInt32] {
    let address = scratch()
    let isWord = random.percent(50)
    var sequence = [
      aligned(address), Encoder.encode(isWord ? .lrW : .lrD, rd: anyRegister(), rs1: address) | ordering(),
    ]
    if sequence[1] >> 7 & 31 == UInt32(address) { sequence[1] &= ~(31 << 7) }
    for _ in 0..<random.below(3) {
      sequence.append(Encoder.encode(.addi, rd: 13, rs1: anyRegister(), Int64(random.below(4096))))
    }
    // 14 gets what may be a store to the reserved bytes.
    if random.percent(20) { sequence.append(Encoder.encode(.sw, rs1: address, rs2: 14, 0)) }
    let conditional = Encoder.encode(
      isWord ? .scW : .scD, rd: anyRegister(), rs1: address, rs2: anyRegister())
    return sequence + [conditional | ordering()]
  }

  private mutating func atomic() -> [UInt32] {
    let address = scratch()
    let entry = random.pick(
      InstructionTable.all.filter { $0.format == .amo && $0.operation != .scW && $0.operation != .scD })
    return [
      aligned(address),
      Encoder.encode(entry.operation, rd: anyRegister(), rs1: address, rs2: anyRegister()) | ordering(),
    ]
  }

  /// A write, a set or a clear of a CSR with a value that is cut to a mask.
  private mutating func maskedWrite() -> [UInt32] {
    let entry = random.pick(Choices.csrs)
    guard case .masked(let mask) = entry.policy else { return [] }
    let (value, result) = (scratch(), anyRegister())
    let operation = random.pick([.csrrw, .csrrs, .csrrc] as [Operation])
    return masked(value, mask) + [
      Encoder.encode(operation, rd: result, rs1: value, Int64(entry.numbers.lowerBound))
    ]
  }

  /// `register` becomes a random register's value, cut to a mask.
  private mutating func masked(_ register: Int, _ mask: Int64) -> [UInt32] {
    let source = anyRegister()
    if -2048..<2048 ~= mask { return [Encoder.encode(.andi, rd: register, rs1: source, mask)] }
    let low = (mask << 52) >> 52
    return [
      Encoder.encode(.lui, rd: register, mask - low), Encoder.encode(.addi, rd: register, rs1: register, low),
      Encoder.encode(.and, rd: register, rs1: register, rs2: source == register ? 13 : source),
    ]
  }

  /// Another value in a CSR that must not keep it.
  private mutating func putBack() -> [UInt32] {
    guard program.mode == .machine else { return [] }
    let csr: Int64 = random.percent(50) ? 0x305 : 0x340
    let old = scratch()
    var value = anyRegister()
    if value == 0 { value = 1 }
    return [
      Encoder.encode(.csrrw, rd: old, rs1: value, csr),
      Encoder.encode(.csrrw, rd: random.percent(50) ? 13 : 14, rs1: old, csr),
    ]
  }

  /// A jump through a register, to the instruction behind it.
  private mutating func call() -> [UInt32] {
    let register = scratch()
    return [
      Encoder.encode(.auipc, rd: register, 0),
      Encoder.encode(.jalr, rd: anyRegister(), rs1: register, 8),
    ]
  }

  /// `mstatus`, with a mode in MPP.
  private mutating func status() -> [UInt32] {
    let value = scratch()
    let fields: Int64 = program.usesMPRV ? -1 : ~(1 << 17)
    switch random.below(3) {
    case 0:
      return masked(value, 0x7E09AA & fields) + [Encoder.encode(.csrrs, rd: anyRegister(), rs1: value, 0x300)]
    case 1:
      return masked(value, 0x7E11AA & fields) + [Encoder.encode(.csrrc, rd: anyRegister(), rs1: value, 0x300)]
    default:
      let some = masked(value, 0x7E01AA & fields)
      // MPP 0, 1 or 3.
      let mode = random.pick([0, 0x800, 0x1800] as [Int64])
      let low = (mode << 52) >> 52
      return some + [
        Encoder.encode(.lui, rd: 13, mode - low), Encoder.encode(.addiw, rd: 13, rs1: 13, low),
        Encoder.encode(.or, rd: value, rs1: value, rs2: 13),
        Encoder.encode(.csrrw, rd: anyRegister(), rs1: value, 0x300),
      ]
    }
  }

  /// `mret` or `sret` to the instruction behind it.
  private mutating func returnFromTrap() -> [UInt32] {
    let address = scratch()
    if program.usesMPRV { return [] }
    let machine = program.mode == .machine && random.percent(60)
    return [
      Encoder.encode(.auipc, rd: address, 0), Encoder.encode(.addi, rd: address, rs1: address, 16),
      Encoder.encode(.csrrw, rd: anyRegister(), rs1: address, machine ? 0x341 : 0x141),
      Encoder.encode(machine ? .mret : .sret),
    ]
  }

  /// The program's own tables, or none, in `satp`.
  private mutating func rootTable() -> [UInt32] {
    let fence = Encoder.encode(.sfenceVma, rs1: random.percent(50) ? 0 : anyRegister(), rs2: 0)
    switch random.below(4) {
    case 0 where program.mode == .machine:
      return [Encoder.encode(.csrrwi, rd: anyRegister(), rs1: 0, 0x180), fence]
    case 1: return [fence]
    default:
      // Whatever the register holds by now: Sv39, a page number, and no address space number.
      let (table, mode) = (scratch(), 13)
      return [
        Encoder.encode(.slli, rd: table, rs1: Self.rootRegister, 20),
        Encoder.encode(.srli, rd: table, rs1: table, 20),
        Encoder.encode(.addi, rd: mode, rs1: 0, 1), Encoder.encode(.slli, rd: mode, rs1: mode, 63),
        Encoder.encode(.or, rd: table, rs1: table, rs2: mode),
        Encoder.encode(.csrrw, rd: anyRegister(), rs1: table, 0x180), fence,
      ]
    }
  }

  /// Pending and enabled software interrupts, and perhaps a wait for one.
  private mutating func interrupt() -> [UInt32] {
    let machine = program.mode == .machine
    var sequence = [
      Encoder.encode(.csrrsi, rd: anyRegister(), rs1: 2, machine ? 0x344 : 0x144),
      Encoder.encode(.csrrsi, rd: anyRegister(), rs1: 2, machine ? 0x304 : 0x104),
    ]
    if random.percent(50) { sequence.swapAt(0, 1) }
    if random.percent(50) {
      sequence.append(
        Encoder.encode(.csrrsi, rd: anyRegister(), rs1: machine ? 8 : 2, machine ? 0x300 : 0x100))
    }
    if random.percent(30) { sequence.append(Encoder.encode(.wfi)) }
    return sequence
  }

  /// A CSR that may hold what it likes.
  private mutating func freeWrite() -> [UInt32] {
    let operation = random.pick([.csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci] as [Operation])
    let csr: [Int64] =
      [0x104, 0x105, 0x140, 0x142, 0x143] + (program.mode == .machine ? [0x342, 0x343, 0x301] : [])
    return [Encoder.encode(operation, rd: anyRegister(), rs1: anyRegister(), random.pick(csr))]
  }
}

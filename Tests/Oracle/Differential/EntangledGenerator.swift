import RV64
import Sv39MMU
import TestSupport

/// Long programs in which everything depends on what came before: eight pieces of code, run in an order that
/// register values decide, over data at addresses that register values decide. One wrong bit changes all that
/// follows.
///
/// sp holds an address of data, gp that of the first piece, tp counts the pieces that are still to be run; t0
/// is for addresses; the other registers are mixed.
struct EntangledGenerator {
  private static let pieces = 8
  /// Bytes of a piece.
  private static let pieceSize: UInt64 = 256
  private static let shift: Int64 = 8

  private var random: SeededGenerator
  private var program = Program()
  /// Bytes of the piece so far.
  private var used: UInt64 = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func generate() -> Program {
    program.mode = random.pick(PrivilegeMode.allCases)
    program.dataSeed = random.next()
    program.codeOffset = 2 * random.below(0x800)
    program.budget = 10_000_000
    program.isWild = false
    program.csrs = [
      "mstatus": .number(random.next() & (1 << 18 | 1 << 19)), "stvec": .handler,
      "medeleg": .number(random.next() & 0xB1FF), "mideleg": .number(random.next() & 0x222),
    ]
    if program.mode != .machine && random.percent(70) { program.translate(wild: false, &random) }
    for n in 1..<32 { program.registers[n] = .number(random.interesting()) }
    program.registers[2] = data()
    program.registers[3] = .code(program.codeOffset)
    // One in seven is very long.
    program.registers[4] = .number((100 + random.below(1200)) * (random.percent(15) ? 30 : 1))
    for piece in 0..<Self.pieces { drawPiece(number: piece) }
    return program
  }

  private mutating func data() -> Program.Value {
    if !program.superpages.isEmpty && random.percent(30) {
      let page = random.pick(program.superpages)
      return .through(va: page.va, level: page.level, offset: Layout.data + 0x1000)
    }
    return .data(0x1000)
  }

  /// A register that is mixed, of those that the instruction's own choice must not be.
  private mutating func mixed() -> Int { 6 + Int(random.below(26)) }

  private mutating func append(_ instructions: UInt32...) {
    for instruction in instructions {
      program.instructions.append(instruction)
      used += Program.length(instruction)
    }
  }

  private mutating func drawPiece(number: Int) {
    used = 0
    let ending: UInt64 = 28
    while used + ending + 16 <= Self.pieceSize { draw() }
    while used + ending < Self.pieceSize { append(0x0001) }
    let toEnd = UInt64(Self.pieces - number) * Self.pieceSize - (Self.pieceSize - ending) - 8
    append(
      Encoder.encode(.addi, rd: 4, rs1: 4, -1),
      Encoder.encode(.bne, rs1: 4, rs2: 0, 8),
      Encoder.encode(.jal, rd: 0, Int64(toEnd)),
      Encoder.encode(.srli, rd: 5, rs1: mixed(), Int64(random.below(61))),
      Encoder.encode(.andi, rd: 5, rs1: 5, Int64(Self.pieces - 1)),
      Encoder.encode(.slli, rd: 5, rs1: 5, Self.shift))
    // Too long for its place by one instruction: `add` and `jalr` share it as c.add and c.jr or c.jalr.
    append(0x9002 | 5 << 7 | 3 << 2, random.percent(50) ? 0x8002 | 5 << 7 : 0x9002 | 5 << 7)
  }

  private mutating func draw() {
    switch random.below(20) {
    case 0..<9: arithmetic()
    case 9..<13: compressed()
    case 13..<15: load()
    case 15..<17: store()
    case 17: atomic()
    case 18: skip()
    default: link()
    }
  }

  private static let plain: [Instruction] = InstructionTable.all.filter { entry in
    switch entry.format {
    case .r, .unary, .i, .shift, .shiftWord, .u: !Choices.isNewer(entry.match)
    default: false
    }
  }

  private mutating func arithmetic() {
    let entry = random.pick(Self.plain)
    append(
      Encoder.encode(
        entry.operation, rd: mixed(), rs1: random.percent(5) ? 0 : mixed(), rs2: mixed(),
        Int64(bitPattern: random.next())))
  }

  private static let short: [CompressedInstruction] = CompressedTable.all.filter { entry in
    switch entry.format {
    case .immediate, .loadImmediate, .upperImmediate, .shift, .shiftShort, .immediateShort, .registersShort,
      .move,
      .registers, .registerShort, .lowByteShort, .invertedShort, .addi4spn:
      !Choices.isNewer(UInt32(entry.match))
    default: false
    }
  }

  private mutating func compressed() {
    let entry = random.pick(Self.short)
    let word = UInt32(entry.match | UInt16(truncatingIfNeeded: random.next()) & ~entry.mask)
    if Choices.isNewer(word) { return }
    let instruction = DecodedInstruction.decode(word)
    guard instruction.rd >= 6, !(instruction.operation == .jalr || instruction.operation == .ebreak) else {
      return
    }
    append(word)
  }

  /// t0 gets an address that a mixed register decides.
  private mutating func address(aligned: Bool) {
    if aligned {
      append(Encoder.encode(.srli, rd: 5, rs1: mixed(), 54), Encoder.encode(.slli, rd: 5, rs1: 5, 3))
    } else {
      append(Encoder.encode(.slli, rd: 5, rs1: mixed(), 51), Encoder.encode(.srli, rd: 5, rs1: 5, 51))
    }
    append(0x9002 | 5 << 7 | 2 << 2)
  }

  private mutating func load() {
    let operation = random.pick([.lb, .lh, .lw, .ld, .lbu, .lhu, .lwu] as [Operation])
    address(aligned: random.percent(70))
    append(Encoder.encode(operation, rd: mixed(), rs1: 5, Int64(random.below(4096)) - 2048))
  }

  private mutating func store() {
    let operation = random.pick([.sb, .sh, .sw, .sd] as [Operation])
    address(aligned: random.percent(70))
    append(Encoder.encode(operation, rs1: 5, rs2: mixed(), Int64(random.below(4096)) - 2048))
  }

  private static let atomics: [Instruction] = InstructionTable.all.filter {
    $0.format == .amo && $0.operation != .scW && $0.operation != .scD
  }

  private mutating func atomic() {
    address(aligned: true)
    let ordering = UInt32(random.below(4)) << 25
    if random.percent(70) {
      let operation = random.pick(Self.atomics).operation
      append(Encoder.encode(operation, rd: mixed(), rs1: 5, rs2: mixed()) | ordering)
    } else {
      let isWord = random.percent(50)
      append(Encoder.encode(isWord ? .lrW : .lrD, rd: mixed(), rs1: 5) | ordering)
      if random.percent(30) { append(Encoder.encode(.sd, rs1: 5, rs2: mixed(), 0)) }
      append(Encoder.encode(isWord ? .scW : .scD, rd: mixed(), rs1: 5, rs2: mixed()) | ordering)
    }
  }

  /// A branch over one instruction.
  private mutating func skip() {
    let operation = random.pick([.beq, .bne, .blt, .bge, .bltu, .bgeu] as [Operation])
    append(Encoder.encode(operation, rs1: mixed(), rs2: mixed(), 8))
    append(
      Encoder.encode(
        random.pick([.add, .xor, .sub, .mulhsu] as [Operation]), rd: mixed(), rs1: mixed(), rs2: mixed()))
  }

  /// What depends on where the program lies: a jump that links, or auipc.
  private mutating func link() {
    if random.percent(50) {
      append(Encoder.encode(.jal, rd: mixed(), 8), 0x0000_0013)
    } else {
      append(Encoder.encode(.auipc, rd: mixed(), Int64(random.next() & 0xFFFF_F000)))
    }
  }
}

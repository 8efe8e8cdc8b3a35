import RV64
import Sv39MMU
import TestSupport

/// Programs whose instructions are drawn one by one: every instruction of both tables as likely as any other,
/// with random operands; encodings that mean nothing; CSRs; and short sequences (`Sequences`) for what random
/// operands hardly ever hit.
struct UniformGenerator {
  /// Registers that hold addresses of data, and are seldom written.
  static let pointers = [2, 3, 8, 9]
  /// The register that holds a value for `satp`.
  static let rootRegister = 30

  var random: SeededGenerator
  var program = Program()
  /// Branches and jumps whose offset is set when all is drawn.
  private var branches: [Int] = []
  /// Instructions that must not be jumped to, being the rest of a sequence.
  private var inside: Set<Int> = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func generate() -> Program {
    program.mode = random.pick(PrivilegeMode.allCases)
    program.dataSeed = random.next()
    let count = 40 + Int(random.below(160))
    program.codeOffset = random.percent(50) ? 0x1000 - 2 * random.below(200) : 2 * random.below(64)
    setCSRs()
    if program.mode != .machine && random.percent(65) { program.translate(wild: true, &random) }
    setRegisters()
    while program.instructions.count < count { draw() }
    settleBranches()
    settleAddresses()
    return program
  }

  // MARK: What the program starts from

  private mutating func setCSRs() {
    var status = random.next() & (1 << 1 | 1 << 5 | 1 << 8 | 1 << 18 | 1 << 19)
    if random.percent(20) { status |= random.next() & (7 << 20) }
    if random.percent(30) { status |= 1 << 7 }
    if program.mode == .machine && random.percent(40) { program.usesMPRV = true }
    if program.usesMPRV && random.percent(30) { status |= 1 << 17 }
    program.csrs = [
      "mstatus": .number(status),
      "medeleg": .number(random.percent(40) ? 0 : random.next() & random.next() & 0xB1FF),
      "mideleg": .number(random.next() & 0x222), "stvec": .handler,
      "sscratch": .number(random.next()), "sepc": .number(random.next() & ~1),
      "scause": .number(random.interesting()), "stval": .number(random.interesting()),
      "mcause": .number(random.interesting()), "mcounteren": .number(random.below(8)),
      "scounteren": .number(random.below(8)), "senvcfg": .number(random.below(2)),
    ]
    if random.percent(15) {
      let external = program.mode == .user && random.percent(30)
      program.csrs["mip"] = .number(external ? 0x200 : random.next() & 0x22)
      program.csrs["mie"] = .number(random.next() & 0x222)
    }
    if random.percent(25) { protect() }
  }

  /// A few entries of PMP over pages of the slot, and ranges of them.
  private mutating func protect() {
    var configuration: UInt64 = 0
    for entry in 4..<8 where random.percent(50) {
      let offset =
        random.pick([Layout.code, Layout.data, Layout.data, Layout.tables]) + random.below(4) << 12
      // QEMU sets A and D in a table that may be read but not written.
      let rwx = random.pick(offset >= Layout.tables ? [0, 3, 7] : [0, 1, 3, 4, 5, 7] as [UInt64])
      if random.percent(60) {
        let size = UInt64(0x1000) << random.below(4)
        program.csrs["pmpaddr\(entry)"] = .protection(offset: offset & ~(size - 1), size: size)
        configuration |= (rwx | 0x18) << UInt64(8 * entry)
      } else {
        program.csrs["pmpaddr\(entry)"] = .protectionTop(offset: offset)
        configuration |= (rwx | (random.percent(70) ? 0x08 : 0)) << UInt64(8 * entry)
      }
    }
    program.csrs["pmpcfg0"] = .number(configuration)
  }

  private mutating func setRegisters() {
    for n in 1..<32 { program.registers[n] = value(likelyPointer: 20) }
    for n in Self.pointers { program.registers[n] = value(likelyPointer: 100) }
    program.registers[Self.rootRegister] = .rootTable(0)
  }

  private mutating func value(likelyPointer: UInt64) -> Program.Value {
    guard random.percent(likelyPointer) else { return .number(random.interesting()) }
    let reach: UInt64 = program.addresses == nil ? Layout.dataSize : 0x8000
    var offset = random.below(reach)
    if !random.percent(15) { offset &= ~7 }
    if random.percent(20) { offset = offset & ~4095 | random.pick([0, 0xff8, 0xffc, 0xffe, 0xfff]) }
    if random.percent(8) { return .code(random.below(Layout.codeSize) & ~1) }
    if let page = program.superpages.first, random.percent(15) {
      let chosen = random.percent(50) ? page : program.superpages[program.superpages.count - 1]
      return .through(
        va: chosen.va, level: chosen.level, offset: Layout.data + offset & (Layout.dataSize / 2 - 1))
    }
    if !program.oddPages.isEmpty && random.percent(8) {
      return .number(random.pick(program.oddPages) + offset & 4095)
    }
    return .data(offset)
  }

  // MARK: Instructions

  /// Puts instructions behind the others; branches are not to lead between them.
  mutating func append(_ sequence: [UInt32]) {
    for n in 1..<max(1, sequence.count) { inside.insert(program.instructions.count + n) }
    program.instructions += sequence
  }

  private mutating func draw() {
    switch random.below(100) {
    case 0..<52: drawWord()
    case 52..<82: drawHalfword()
    case 82..<85: drawIfPermitted(UInt32(truncatingIfNeeded: random.next()) | 3)
    case 85..<88: drawIfPermitted(UInt32(truncatingIfNeeded: random.next() & 0xFFFF))
    default: drawSequence()
    }
  }

  private mutating func drawIfPermitted(_ word: UInt32) {
    switch DecodedInstruction.decode(word).operation {
    case .jal, .beq, .bne, .blt, .bge, .bltu, .bgeu: return
    default: break
    }
    guard Choices.permits(word, in: program) else { return }
    program.instructions.append(word)
  }

  private mutating func drawWord() {
    let entry = random.pick(InstructionTable.all)
    var word = entry.match | UInt32(truncatingIfNeeded: random.next()) & ~entry.mask
    switch entry.format {
    case .fixed where random.percent(60):
      return
    case .b, .j:
      branches.append(program.instructions.count)
    case .load, .s, .amo, .loadReserved:
      if entry.operation != .jalr && random.percent(80) { word = withPointer(word) }
    case .csr, .csrImmediate:
      if !random.percent(20) { word = word & 0xFFFFF | UInt32(random.pick(CSR.allCases).rawValue) << 20 }
      if random.percent(30) { word &= ~(31 << 15) }
      if random.percent(20) { word &= ~(31 << 7) }
    default: break
    }
    if writesPointer(word) && !random.percent(6) { word ^= 1 << 11 }
    guard Choices.permits(word, in: program) else {
      if branches.last == program.instructions.count { branches.removeLast() }
      return
    }
    program.instructions.append(word)
  }

  private mutating func withPointer(_ word: UInt32) -> UInt32 {
    word & ~(31 << 15) | UInt32(random.pick(Self.pointers)) << 15
  }

  private func writesPointer(_ word: UInt32) -> Bool {
    let rd = Int(DecodedInstruction.decode(word).rd)
    return Self.pointers.contains(rd) || rd == Self.rootRegister
  }

  private mutating func drawHalfword() {
    let entry = random.pick(CompressedTable.all)
    let word = entry.match | UInt16(truncatingIfNeeded: random.next()) & ~entry.mask
    if writesPointer(UInt32(word)) && !random.percent(10) { return }
    switch entry.format {
    case .jump, .branch: branches.append(program.instructions.count)
    default: break
    }
    if Choices.isNewer(UInt32(word)) { return }
    program.instructions.append(UInt32(word))
  }

  // MARK: Branches

  /// Lets branches lead a few instructions ahead, or seldom back, and takes out what would be met only by an
  /// address in the middle of an instruction and is not permitted.
  private mutating func settleBranches() {
    let offsets = program.offsets
    let last = program.instructions.count
    for from in branches {
      var to = random.percent(92) ? from + 1 + Int(random.below(9)) : from - Int(random.below(5))
      to = min(max(to, 0), last)
      while inside.contains(to) { to += 1 }
      let distance = UInt32(truncatingIfNeeded: Int64(offsets[to]) - Int64(offsets[from]))
      program.instructions[from] = Self.redirect(program.instructions[from], by: distance)
    }
    for n in program.instructions.indices where program.instructions[n] & 3 == 3 {
      let next = n + 1 < last ? program.instructions[n + 1] : 0x73
      let middle = program.instructions[n] >> 16 | next << 16
      if !Choices.permits(middle, in: program) && !inside.contains(n) {
        program.instructions[n] = Encoder.encode(.addi)
      }
    }
  }

  /// No landing, and no address of code in a register, is within a sequence.
  private mutating func settleAddresses() {
    let offsets = program.offsets
    program.landings = (1...Layout.landingCount).map { n in
      var landing = n * program.instructions.count / (Layout.landingCount + 1)
      while inside.contains(landing) { landing += 1 }
      return landing
    }
    for (n, value) in program.registers.enumerated() {
      guard case .code(let offset) = value else { continue }
      let nearest = offsets.firstIndex { $0 >= offset } ?? offsets.count - 1
      let isInside = inside.contains(nearest) || inside.contains(nearest + 1)
      program.registers[n] = .code(isInside ? program.codeOffset : offset)
    }
  }

  private static func redirect(_ word: UInt32, by distance: UInt32) -> UInt32 {
    if word & 3 == 3 {
      return word & 0x7F == 0x6F
        ? word & ~Encoder.jumpMask | Encoder.jumpOffset(distance)
        : word & ~Encoder.branchMask | Encoder.branchOffset(distance)
    }
    return word >> 13 == 5
      ? word & 0xE003 | Encoder.shortJumpOffset(distance)
      : word & 0xE383 | Encoder.shortBranchOffset(distance)
  }
}

import RV64

/// Which instructions retired, counted over a sample of the programs by running them once more, an
/// instruction at a time.
package struct Coverage: Sendable {
  /// One program of so many is counted.
  static let every = 16
  /// Instructions counted of one program, so that long ones do not take all the time.
  private static let most: UInt64 = 20_000

  package private(set) var programs = 0
  /// Times that each row of `InstructionTable` and of `CompressedTable` retired.
  private var words = [UInt64](repeating: 0, count: InstructionTable.all.count)
  private var halfwords = [UInt64](repeating: 0, count: CompressedTable.all.count)

  private static let rowOfOperation = Dictionary(
    InstructionTable.all.enumerated().map { ($1.operation, $0) }, uniquingKeysWith: { first, _ in first })
  private static let rowOfHalfword = Dictionary(
    CompressedTable.all.enumerated().map { (UInt32($1.mask) << 16 | UInt32($1.match), $0) },
    uniquingKeysWith: { first, _ in first })

  mutating func add(_ other: Coverage) {
    programs += other.programs
    for n in words.indices { words[n] += other.words[n] }
    for n in halfwords.indices { halfwords[n] += other.halfwords[n] }
  }

  /// Runs a program by itself and counts what it retires.
  mutating func count(_ program: Program) {
    guard let machine = try? OwnMachine() else { return }
    let slot = Layout.slot(0)
    program.place(at: slot, in: machine.memory)
    let code = machine.memory.load64(slot + Layout.codeVA)
    var last: UInt32?
    programs += 1
    _ = machine.step(slot: 0, budget: min(program.budget, Self.most)) { hart in
      // What trapped, or was interrupted, led to the monitor, whose first instruction retired instead.
      if let word = last, hart.pc != hart.readCSR(.mtvec) &+ 4 { count(word) }
      let offset = hart.pc &- code
      last = offset < Layout.codeSize ? machine.memory.load32(slot + Layout.code + offset) : nil
    }
  }

  private mutating func count(_ word: UInt32) {
    if word & 3 == 3 {
      if let row = InstructionTable.find(word).flatMap({ Self.rowOfOperation[$0.operation] }) {
        words[row] += 1
      }
    } else if let entry = CompressedTable.find(UInt16(truncatingIfNeeded: word)),
      let row = Self.rowOfHalfword[UInt32(entry.mask) << 16 | UInt32(entry.match)]
    {
      halfwords[row] += 1
    }
  }

  /// Every row of both tables with its count.
  package var counts: [(mnemonic: String, count: UInt64)] {
    zip(InstructionTable.all, words).map { ("\($0.mnemonic)", $1) }
      + zip(CompressedTable.all, halfwords).map { ("\($0.mnemonic)", $1) }
  }

  /// Instructions that always trap, and so never retire, and those that are not drawn.
  private static let neverRetire = Choices.newerMnemonics.union(["ecall", "ebreak", "c.ebreak"])

  /// Instructions that should have been met and were not.
  package var missing: [String] {
    counts.filter { $0.count == 0 && !Self.neverRetire.contains($0.mnemonic) }.map(\.mnemonic)
  }
}

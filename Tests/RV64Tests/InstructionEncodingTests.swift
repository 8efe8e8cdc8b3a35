import RV64
import TestSupport
import Testing

/// The decoder against the specification's listing of 32-bit encodings.
@Suite struct InstructionEncodingTests {
  @Test(arguments: InstructionListing.all.map(\.mnemonic))
  func rowHas32Bits(_ mnemonic: String) throws {
    let row = try #require(InstructionListing.byMnemonic[mnemonic])
    #expect(row.width == 32)
  }

  @Test func noWordIsOfTwoRows() {
    let rows = InstructionListing.all
    for (i, a) in rows.enumerated() {
      for b in rows[(i + 1)...] {
        #expect((a.match ^ b.match) & a.mask & b.mask != 0, "\(a.mnemonic) and \(b.mnemonic) overlap")
      }
    }
  }

  /// How `decode` and the listing differ about `word`, or nil.
  private func difference(_ word: UInt32) -> String? {
    let decoded = DecodedInstruction.decode(word)
    let is32 = "length \(decoded.length), should be 4"
    guard decoded.length == 4 else { return "0x\(String(word, radix: 16)): \(is32)" }
    guard let row = InstructionListing.find(word) else {
      if decoded.operation == .illegal && decoded.immediate == Int64(word) { return nil }
      return "0x\(String(word, radix: 16)): is \(decoded), should be illegal"
    }
    let fields = row.fields(of: word)
    let constant = ["imm", "shamt", "csr", "order", "n"].compactMap { fields[$0] }.first ?? 0
    let expected: [Int64] = [
      fields["rd"] ?? 0, fields["rs1"] ?? fields["zimm"] ?? 0, fields["rs2"] ?? 0, constant,
    ]
    let actual = [Int64(decoded.rd), Int64(decoded.rs1), Int64(decoded.rs2), decoded.immediate]
    if "\(decoded.operation)" == operationName(row.mnemonic) && actual == expected { return nil }
    let text = "0x\(String(word, radix: 16)): is \(decoded.operation) \(actual)"
    return "\(text), should be \(row.mnemonic) \(expected)"
  }

  /// `amoadd.w` is the operation `amoaddW`.
  private func operationName(_ mnemonic: String) -> String {
    let parts = mnemonic.split(separator: ".")
    return parts.dropFirst().reduce(String(parts[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }

  /// Each row with each of its free bits alone, all of them, and random ones.
  @Test(arguments: InstructionListing.all.map(\.mnemonic))
  func everyRow(_ mnemonic: String) throws {
    let row = try #require(InstructionListing.byMnemonic[mnemonic])
    let (mask, match) = (row.mask, row.match)
    var random = SeededGenerator(seed: UInt64(match))
    var words = [match, match | ~mask] + (0..<32).map { match | (1 << $0 & ~mask) }
    for _ in 0..<500 { words.append(match | (UInt32(truncatingIfNeeded: random.next()) & ~mask)) }
    expectNone(words.compactMap(difference))
    for word in words { #expect(InstructionListing.find(word)?.mnemonic == mnemonic) }
  }

  /// Each row with one of its fixed bits turned: most are illegal, some another instruction.
  @Test func rowsWithOneBitTurned() {
    var differences: [String] = []
    var random = SeededGenerator(seed: 7)
    for row in InstructionListing.all {
      let (mask, match) = (row.mask, row.match)
      for bit in 2..<32 where mask >> bit & 1 != 0 {
        for _ in 0..<20 {
          let word = (match ^ 1 << bit) | (UInt32(truncatingIfNeeded: random.next()) & ~mask)
          if let text = difference(word) { differences.append(text) }
        }
      }
    }
    expectNone(differences)
  }

  /// Every major opcode with every funct3 and every funct7, the registers at random.
  @Test(arguments: 0..<32 as Range<UInt32>)
  func majorOpcode(_ opcode: UInt32) {
    var random = SeededGenerator(seed: UInt64(opcode))
    var differences: [String] = []
    var illegal = 0
    for functions in 0..<UInt32(1024) {
      for _ in 0..<8 {
        let operands = UInt32(truncatingIfNeeded: random.next()) & 0x01ff_8f80
        let word = (functions >> 3) << 25 | (functions & 7) << 12 | operands | opcode << 2 | 3
        if InstructionListing.find(word) == nil { illegal += 1 }
        if let text = difference(word) { differences.append(text) }
      }
    }
    expectNone(differences)
    let full: Set<UInt32> = [0b01101, 0b00101, 0b11011]  // LUI, AUIPC and JAL use their whole opcode.
    #expect((illegal == 0) == full.contains(opcode))
  }

  @Test func randomWords() {
    var random = SeededGenerator(seed: 32)
    var differences: [String] = []
    for _ in 0..<100_000 {
      let word = UInt32(truncatingIfNeeded: random.next()) | 3
      if let text = difference(word) { differences.append(text) }
    }
    expectNone(differences)
  }
}

/// Fails with the first few of `differences`, each of which names its whole input.
func expectNone(_ differences: [String], sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(
    differences.isEmpty, "\(differences.count) differ:\n\(differences.prefix(5).joined(separator: "\n"))",
    sourceLocation: sourceLocation)
}

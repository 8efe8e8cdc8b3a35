/// One instruction of the table: a 32-bit word is this instruction if `word & mask == match`.
package struct Instruction: Sendable {
  package let mnemonic: StaticString
  package let match: UInt32
  package let format: Format
  package let operation: Operation

  package var mask: UInt32 { format.mask }

  init(_ mnemonic: StaticString, _ match: UInt32, _ format: Format, _ operation: Operation) {
    self.mnemonic = mnemonic
    self.match = match
    self.format = format
    self.operation = operation
  }
}

/// Every 32-bit instruction that this hart has (`InstructionList.swift`).
///
/// Decoding and disassembly come from here. Compressed instructions expand to the same operations:
/// `CompressedTable`.
package enum InstructionTable {
  /// The table's entries by bits 6...2 of the word, the major opcode.
  private static let byOpcode: [[Instruction]] = {
    var buckets = [[Instruction]](repeating: [], count: 32)
    for instruction in all { buckets[Int(instruction.match >> 2) & 31].append(instruction) }
    return buckets
  }()

  /// The instruction that a 32-bit word is, or nil if this hart has no such instruction.
  package static func find(_ word: UInt32) -> Instruction? {
    guard word & 3 == 3 else { return nil }
    return byOpcode[Int(word >> 2) & 31].first { word & $0.mask == $0.match }
  }

  private static let byOperation: [Instruction?] = Operation.allCases.map { operation in
    all.first { $0.operation == operation }
  }

  /// The entry that describes an operation; nil for those that are no instruction.
  package static func entry(for operation: Operation) -> Instruction? {
    byOperation[Int(operation.rawValue)]
  }
}

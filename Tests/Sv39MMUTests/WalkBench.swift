import Sv39MMU
import Testing

/// A memory and a simple copy of it, on which the walk and the specification's steps run side by side.
struct WalkBench {
  static let base: UInt64 = 0x8000_0000
  static let size: UInt64 = 0x10_0000

  let memory: PhysicalMemory
  var plain = PlainMemory(ram: base..<base + size)

  init() throws { memory = try PhysicalMemory(base: Self.base, size: Self.size) }

  /// Writes a doubleword into both.
  mutating func set(_ address: UInt64, _ value: UInt64) {
    memory.store64(address, value)
    plain.words[address] = value
  }

  /// Writes entry `index` of the table at `table` into both.
  mutating func set(table: UInt64, index: UInt64, _ pte: PTE) { set(table + index * 8, pte.rawValue) }

  /// Walks in both, and returns how they differ: in the kind of result, the address, or the memory
  /// afterwards. Then both memories have what the specification's steps left.
  mutating func difference(
    root: UInt64, va: UInt64, access: Access, mode: PrivilegeMode, sum: Bool, mxr: Bool, updateAD: Bool
  ) -> (result: WalkResult, difference: String?) {
    let before = plain.words
    let expected = specificationWalk(
      &plain, satpPPN: root / 4096, va: va, access: access, mode: mode, sum: sum, mxr: mxr,
      hardwareUpdates: updateAD)
    let result = Sv39.walk(
      memory: memory, root: root, va: va, access: access, privilege: mode, sum: sum, mxr: mxr,
      updateAD: updateAD)
    let actual: PlainOutcome =
      switch result {
      case .translated(let translation): .translated(translation.physicalAddress)
      case .fault(let fault): fault.isAccessFault ? .accessFault : .pageFault
      }
    var differences: [String] = []
    if actual != expected { differences.append("is \(result), should be \(expected)") }
    for (address, word) in plain.words where memory.load64(address) != word {
      differences.append(
        "leaves \(hex(memory.load64(address))) at \(hex(address)), should leave \(hex(word))")
    }
    if case .translated(let translation) = result {
      if translation.pte.rawValue != plain.words[translation.pteAddress] {
        differences.append("answers a leaf other than the one in memory at \(hex(translation.pteAddress))")
      }
    }
    if before != plain.words || !differences.isEmpty {
      for (address, word) in plain.words { memory.store64(address, word) }
    }
    guard !differences.isEmpty else { return (result, nil) }
    let call = "walk(root: \(hex(root)), va: \(hex(va)), \(access), \(mode), sum: \(sum), mxr: \(mxr), "
    return (result, call + "updateAD: \(updateAD)) " + differences.joined(separator: "; "))
  }
}

/// Fails with the first few of `differences`. Each of them has its whole input.
func expectNone(_ differences: [String], sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(
    differences.isEmpty, "\(differences.count) differ:\n\(differences.prefix(5).joined(separator: "\n"))",
    sourceLocation: sourceLocation)
}

import RV64

/// A mismatch as a test that can be pasted into Tests/DifferentialTests: the program, and what QEMU made of
/// it.
enum SwiftTest {
  /// `mismatch` must be of slot 0, where the test runs it.
  static func text(_ mismatch: Mismatch, named name: String) -> String {
    let program = mismatch.program
    var lines = [
      "@Test func `\(name)`() throws {", "  var program = Program()", "  program.mode = .\(program.mode)",
      "  program.codeOffset = \(program.codeOffset)", "  program.dataSeed = \(program.dataSeed)",
      "  program.instructions = [",
    ]
    for (instruction, offset) in zip(program.instructions, program.offsets) {
      lines.append("    \(hex(UInt64(instruction))),  // \(disassemble(instruction, at: offset))")
    }
    lines.append("  ]")
    for (n, value) in program.registers.enumerated() where value != .number(0) {
      lines.append("  program.registers[\(n)] = .\(value)")
    }
    for (name, value) in program.csrs.sorted(by: { $0.key < $1.key }) {
      lines.append("  program.csrs[\"\(name)\"] = .\(value)")
    }
    if !program.landings.isEmpty { lines.append("  program.landings = \(program.landings)") }
    if let addresses = program.addresses { lines.append("  program.addresses = Program.\(addresses)") }
    for entry in program.entries { lines.append("  program.entries.append(Program.\(entry))") }
    lines.append("  let state = try OwnMachine.finalState(of: program)")
    for (offset, _, theirs) in mismatch.differences.prefix(6) {
      lines.append(
        "  #expect(state.doubleword(\(hex(offset))) == \(hex(theirs)))  // \(Mismatch.name(of: offset))")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }
}

import Foundation
import Testing

@testable import ObjectFile

/// Compares with another reader, if it is installed: LLVM's `llvm-dwarfdump`.
@Suite struct DWARFComparisonTests {
  /// The tool's path. If it is not installed: nil, and a message.
  private static let dwarfdump: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let found = folders.map { "\($0)/llvm-dwarfdump" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    if found == nil { print("DWARFComparisonTests compare nothing: llvm-dwarfdump is not installed") }
    return found
  }()

  /// What the tool prints about a program, or nil if there is no tool.
  private static func dump(_ program: DebuggedPrograms.Program, _ options: String...) throws -> [Substring]? {
    guard let dwarfdump else { return nil }
    let file = FileManager.default.temporaryDirectory.appending(path: "labrunner-\(UUID().uuidString).elf")
    try Data(program.bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: dwarfdump)
    process.arguments = options + [file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test("every row of every line table", arguments: DebuggedPrograms.all)
  func rows(program: DebuggedPrograms.Program) throws {
    guard let dump = try Self.dump(program, "--debug-line") else { return }
    var expected: [String] = []
    for line in dump where line.hasPrefix("0x") && !line.contains("end_sequence") {
      let words = line.split(separator: " ")
      let address = try #require(UInt64(words[0].dropFirst(2), radix: 16))
      expected.append("\(address) \(words[1]) \(words[2]) \(line.contains("prologue_end"))")
    }
    let info = try DebugInfo(ELF(parsing: program.bytes))
    let rows = info.lines.rows.map { "\($0.address) \($0.line) \($0.column) \($0.endsPrologue)" }
    #expect(rows == expected)
    #expect(!rows.isEmpty)
  }

  @Test("every function", arguments: DebuggedPrograms.all)
  func functions(program: DebuggedPrograms.Program) throws {
    guard let dump = try Self.dump(program, "--debug-info") else { return }
    var expected: Set<UInt64> = []
    var isFunction = false
    for line in dump {
      if line.contains("DW_TAG_") { isFunction = line.contains("DW_TAG_subprogram") }
      guard isFunction, let place = line.range(of: "DW_AT_low_pc\t(0x") else { continue }
      expected.insert(try #require(UInt64(line[place.upperBound...].prefix { $0 != ")" }, radix: 16)))
    }
    let info = try DebugInfo(ELF(parsing: program.bytes))
    #expect(Set(info.functions.map(\.entry)) == expected)
  }
}

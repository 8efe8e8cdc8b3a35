import Foundation
import RV64
import TestSupport
import Testing

/// Every row of both tables against a second decoder: the llvm-objdump that comes with the toolchain. Skipped
/// if the toolchain has none.
@Suite struct InstructionObjdumpTests {
  private static let folder: URL? = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/swift") }
      .map { $0.resolvingSymlinksInPath().deletingLastPathComponent() }
    return folders.first { folder in
      ["clang", "llvm-objdump"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path)
      }
    }
  }()

  /// All that this hart has. The names with a number at the end are those of the specification's drafts that
  /// clang calls so.
  private static let extensions =
    "rv64imac_zicsr_zifencei_zba_zbb_zbs_zbc_zicond_zcb_zimop_zcmop_zicbom_zicboz_zicbop_zihintpause"

  @Test(.enabled(if: folder != nil)) func everyRowIsCalledTheSame() throws {
    let folder = try #require(Self.folder)
    var random = SeededGenerator(seed: 1)
    var words: [(bits: UInt32, mnemonic: String)] = []
    for entry in InstructionTable.all {
      for _ in 0..<8 {
        var word = entry.match | UInt32(truncatingIfNeeded: random.next()) & ~entry.mask
        // The fields of a fence that mean nothing are zero in what objdump knows.
        if entry.format == .fence { word &= entry.operation == .fence ? 0x0FF0_707F : 0x0000_707F }
        if entry.operation == .fence && word & 0x0FF0_0000 == 0x0100_0000 { continue }
        words.append((word, Self.name(entry, word)))
      }
    }
    for entry in CompressedTable.all {
      for _ in 0..<8 {
        let half = entry.match | UInt16(truncatingIfNeeded: random.next()) & ~entry.mask
        guard let found = CompressedTable.find(half) else { continue }
        words.append((UInt32(half), "\(found.mnemonic)"))
      }
    }
    let theirs = try Self.objdump(words.map(\.bits), folder)
    #expect(theirs.count == words.count)
    let differences = zip(words, theirs).filter { Self.sameName($0.mnemonic, $1) == false }
    expectNone(differences.map { "\(hex($0.bits)): we say \($0.mnemonic), objdump \($1)" })
  }

  private static func name(_ entry: Instruction, _ word: UInt32) -> String {
    let text = disassemble(word, at: 0).prefix { $0 != " " }
    // The number of an instruction of Zimop, and the ordering of an AMO.
    let isWhole = text.hasPrefix("\(entry.mnemonic).")
    return isWhole ? String(text) : "\(entry.mnemonic)"
  }

  /// objdump has other names for some special cases of an instruction.
  private static func sameName(_ ours: String, _ theirs: String) -> Bool {
    switch (ours, theirs) {
    // The prefetches, and the hints that a compressed instruction with x0 is.
    case ("ori", "prefetch.i"), ("ori", "prefetch.r"), ("ori", "prefetch.w"): true
    case ("c.mop", _): theirs.hasPrefix("c.mop.")
    case ("c.slli", "c.slli64"), ("c.srli", "c.srli64"), ("c.srai", "c.srai64"): true
    default: ours == theirs
    }
  }

  /// What objdump calls each of the instructions.
  private static func objdump(_ words: [UInt32], _ folder: URL) throws -> [String] {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "objdump-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let source = scratch.appending(path: "words.s")
    let object = scratch.appending(path: "words.o")
    // `.insn` keeps them code, not data.
    let lines = words.map { ".insn \($0 & 3 == 3 ? 4 : 2), 0x\(String($0, radix: 16))" }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: source)
    _ = try run(
      folder.appending(path: "clang"),
      ["--target=riscv64", "-march=\(extensions)", "-c", source.path, "-o", object.path])
    let text = try run(
      folder.appending(path: "llvm-objdump"), ["-d", "-M", "no-aliases", "--no-show-raw-insn", object.path])
    return text.split(separator: "\n").compactMap { line in
      guard let colon = line.firstIndex(of: ":"), line.first == " " else { return nil }
      return line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
  }

  private static func run(_ program: URL, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self)
    try #require(process.terminationStatus == 0, "\(text.prefix(1000))")
    return text
  }
}

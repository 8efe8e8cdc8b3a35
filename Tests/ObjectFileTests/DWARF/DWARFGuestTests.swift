import Foundation
import LabPrograms
import Testing

@testable import ObjectFile

/// Our own programs, as the toolchain's clang compiled them.
enum DebuggedPrograms {
  struct Program: CustomTestStringConvertible, Sendable {
    var name: String
    var bytes: [UInt8]
    var testDescription: String { name }
  }

  static let guests = ["tiny", "kernel-modern", "kernel-legacy", "uart", "scheduler", "bad-panic", "pmp"]

  static let all: [Program] =
    guests.map { Program(name: $0, bytes: LabPrograms.guest($0) ?? []) }
    + LabPrograms.programs(for: "lazy").map { Program(name: $0.name, bytes: $0.elf) }

  static func guest(_ name: String) throws -> ELF { try ELF(parsing: #require(LabPrograms.guest(name))) }

  static func program(_ name: String) throws -> ELF {
    try ELF(parsing: #require(LabPrograms.programs(for: "lazy").first { $0.name == name }).elf)
  }
}

@Suite struct DWARFGuestTests {
  @Test("every function of C is named, with a file and a line", arguments: DebuggedPrograms.all)
  func functions(program: DebuggedPrograms.Program) throws {
    let map = CodeMap(try ELF(parsing: program.bytes))
    #expect(map.problem == nil)
    var found = 0
    for symbol in map.elf.symbols where symbol.kind == .function && symbol.size > 0 {
      for address in stride(from: symbol.address, to: symbol.address + symbol.size, by: 2) {
        let location = try #require(map.location(of: address), "\(symbol.name) at \(address)")
        #expect(location.enclosingFunction == symbol.name)
        #expect(location.file?.hasPrefix("labs/") == true, "\(location)")
      }
      found += 1
    }
    #expect(found > 0)
  }

  @Test("each function is declared where its source names it", arguments: DebuggedPrograms.guests)
  func declarations(guest: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let info = try DebugInfo(try DebuggedPrograms.guest(guest))
    #expect(!info.functions.isEmpty)
    for function in info.functions {
      let source = try String(contentsOf: root.appending(path: try #require(function.file)), encoding: .utf8)
      let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
      let line = try #require(function.line)
      #expect(lines[line - 1].contains(function.name + "("), "\(function)")
      #expect(info.function(containing: function.entry) == function)
      #expect(info.function(named: function.name) == function)
    }
  }

  @Test func aCallThatWasInlinedHasBothFunctions() throws {
    let info = try DebugInfo(try DebuggedPrograms.program("usertests"))
    let inlined = try #require(
      stride(from: UInt64(0), to: 0x8000, by: 2).lazy.compactMap { info.location(of: $0) }
        .first { $0.function == "grow" && $0.enclosingFunction == "malloc" })
    #expect(inlined.frames.count == 2)
    #expect(inlined.frames.map(\.file) == ["labs/user/lib/malloc.c", "labs/user/lib/malloc.c"])
    #expect(try #require(inlined.frames[1].line) > #require(inlined.frames[0].line))
    #expect(inlined.frames[1].description.hasPrefix("malloc (labs/user/lib/malloc.c:"))
  }

  @Test func structuresGlobalsAndConstants() throws {
    let info = try DebugInfo(try DebuggedPrograms.guest("tiny"))
    let proc = try #require(info.layout(ofStruct: "proc"))
    #expect(proc.members.map(\.name) == ["regs", "state", "parent", "status", "size", "file", "mischief"])
    #expect(proc.members.map(\.offset) == [0, 256, 260, 264, 272, 280, 472])
    #expect(proc.members.map(\.type.name).first == "uint64 [32]")
    #expect(proc["file"]?.type.name == "struct {...} [16]")
    #expect(proc["mischief"]?.type.name == "char [16]")
    #expect(proc["size"]?.type.shape == .integer(isSigned: false))
    #expect(proc.size == 488)
    guard case .array(let file, 16) = proc["file"]?.type.shape else {
      Issue.record("not an array")
      return
    }
    #expect(info.layout(of: file)?.members.map(\.name) == ["kind", "inode", "offset"])

    let procs = try #require(info.global(named: "procs"))
    let elf = try DebuggedPrograms.guest("tiny")
    #expect(procs.address == elf.symbol(named: "procs")?.address)
    #expect(procs.type.size == elf.symbol(named: "procs")?.size)
    #expect(info.global(named: "me")?.type.name == "struct proc *")
    #expect(info.global(named: "queue").flatMap { info.layout(of: $0.type) }?["available"] != nil)
    #expect(info.global(named: "procs")?.file == "labs/guests/tiny.c")
    #expect(info.enumConstant(named: "ZOMBIE") == 4)
    #expect(info.enumConstant(named: "RUNNABLE") == 1)
  }

  @Test("every variable that both name lies where its symbol does", arguments: DebuggedPrograms.guests)
  func globals(guest: String) throws {
    let map = CodeMap(try DebuggedPrograms.guest(guest))
    let info = try #require(map.debugInfo)
    for symbol in map.elf.symbols where symbol.kind == .object && symbol.isGlobal {
      let global = try #require(info.global(named: symbol.name))
      #expect((global.address, global.type.size) == (symbol.address, symbol.size), "\(symbol.name)")
    }
  }

  @Test func whatHasNoDebugInformationHasItsSymbol() throws {
    let elf = try DebuggedPrograms.guest("tiny")
    let map = CodeMap(elf)
    let trap = try #require(elf.symbol(named: "trap"))
    #expect(map.debugInfo?.location(of: trap.address) == nil)
    #expect(map.location(of: trap.address)?.frames == [.init(function: "trap", file: nil, line: nil)])
    #expect(map.location(of: 0x1000) == nil)
    #expect(map.location(of: try #require(elf.symbol(named: "procs")).address) == nil)
    #expect(
      try #require(map.variable(named: "panicked")) == (#require(elf.symbol(named: "panicked")).address, 4))
    #expect(map.variable(named: "trap") == nil)

    let stripped = CodeMap(try ELF(parsing: elf.loadableImage()))
    #expect(stripped.problem == nil)
    #expect(stripped.debugInfo?.isEmpty == true)
    #expect(stripped.location(of: trap.address) == nil)
  }

  @Test("at its first instruction a function has no frame yet", arguments: DebuggedPrograms.all)
  func entries(program: DebuggedPrograms.Program) throws {
    let info = try DebugInfo(ELF(parsing: program.bytes))
    for function in info.functions {
      #expect(info.isOutsideFrame(function.entry) ?? true, "\(function.name)")
      guard let end = function.prologueEnd else { continue }
      #expect(function.addresses[0].contains(end))
    }
  }

  /// A disk holds the loadable image: nothing after the last loadable byte.
  @Test("debug information does not reach a disk", arguments: DebuggedPrograms.all)
  func images(program: DebuggedPrograms.Program) throws {
    let elf = try ELF(parsing: program.bytes)
    let image = try ELF(parsing: elf.loadableImage())
    #expect(elf.section(named: ".debug_info") != nil)
    #expect(image.sections.isEmpty)
    #expect(image.segments.filter { $0.type == 0 }.allSatisfy { $0.offset == 0 && $0.fileSize == 0 })
    let end = try #require(elf.loadableSegments.map { $0.offset + $0.fileSize }.max())
    #expect(UInt64(image.bytes.count) == end)
    for segment in elf.loadableSegments { #expect(image.contents(of: segment) == elf.contents(of: segment)) }
  }
}

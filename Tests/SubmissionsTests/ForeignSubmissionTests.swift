import Foundation
import HostSupport
import LabPrograms
import Testing

@testable import Submissions

/// What people bring by mistake, and what they are told; made up from a few bytes each.
struct ForeignSubmissionTests {
  /// A folder with these files; a name may have a folder in it.
  private static func inFolder<T>(_ files: [String: [UInt8]], _ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "foreign-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, bytes) in files {
      let file = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    return try body(folder)
  }

  private static func error(_ name: String, _ bytes: [UInt8]) throws -> String {
    try inFolder([name: bytes]) { folder in
      let path = folder.appending(path: name).path
      let error = try #require(throws: InputError.self) { try SolutionCatalogue.solution(path) }
      return String("\(error)".dropFirst(path.count + 2))
    }
  }

  private static let bootSector: [UInt8] =
    [0xFA, 0x31, 0xC0] + [UInt8](repeating: 0, count: 507) + [0x55, 0xAA]

  @Test func `a file that is no kernel is told what it is`() throws {
    #expect(try Self.error("vm.c", Array("int main;".utf8)).hasPrefix("a source file: give the kernel"))
    #expect(try Self.error("entry.S", []).hasPrefix("a source file"))
    #expect(try Self.error("kernel.bin", [0x17, 0x81, 0, 0]).hasPrefix("bytes without an ELF header"))
    #expect(try Self.error("xv6.img", Self.bootSector).hasPrefix("a disk that a PC boots from"))
    let fields: [Int] = [1000, 941, 200, 30, 2, 32, 58]
    let older: [UInt8] = fields.flatMap { field -> [UInt8] in [UInt8(field & 255), UInt8(field >> 8), 0, 0] }
    #expect(
      try Self.error("fs.img", [UInt8](repeating: 0, count: 512) + older)
        .hasPrefix("a disk image of the older xv6"))
    let image = [UInt8](repeating: 0, count: 1024) + [0x40, 0x30, 0x20, 0x10, 0xD0, 7, 0, 0]
    #expect(try Self.error("fs.img", image).hasPrefix("a disk image, not a kernel"))
    #expect(try Self.error("notes.txt", Array("hello".utf8)).hasPrefix("not a solution"))
  }

  @Test func `an ELF file for another machine is told`() throws {
    var kernel = try #require(LabPrograms.guest("tiny"))
    kernel[4] = 1
    #expect(
      try Self.error("kernel", kernel).hasSuffix("a 32-bit ELF file, not 64-bit: xv6-riscv is for rv64"))
    kernel.replaceSubrange(18..<20, with: [3, 0])
    #expect(
      try Self.error("kernel", kernel).hasSuffix(
        "built for x86 (32-bit), not for RISC-V: the lab is about xv6-riscv, not the older xv6 for x86"))
  }

  @Test(arguments: ["", "kernel/"])
  func `a tree for x86 is told`(folder: String) throws {
    let names = ["bootasm.S", "lapic.c", "main.c", "defs.h"]
    let files = Dictionary(uniqueKeysWithValues: names.map { (folder + $0, [UInt8]()) })
    try Self.inFolder(files) { tree in
      let error = try #require(throws: InputError.self) { try SolutionCatalogue.solution(tree.path) }
      #expect("\(error)".hasPrefix("\(tree.path): a tree of the older xv6, for x86"))
    }
  }

  // MARK: The Makefile

  @Test(
    arguments: [
      ("QEMUOPTS = -machine virt -bios none -kernel $K/kernel -m 128M -smp $(CPUS) -nographic", 128),
      ("QEMUOPTS = -machine virt -kernel $K/kernel -m 3G -smp 1", 3072), ("QEMUOPTS += -m 256", 256),
      ("QEMUOPTS = -smp 1 \\\n -m 512m\\\n -nographic", 512), ("QEMU = qemu -m 65536K", 64),
      ("\tqemu -m size=256M", 256), ("QEMU = q -m 128M\nQEMU += -m 256M", 256), ("# QEMU -m 64M", nil),
      ("QEMUOPTS = -m $(MEM)", nil), ("QEMU = q\nCFLAGS += -mcmodel=medany", nil),
      ("LDFLAGS += -m elf_i386", nil), ("QEMU -m 99999999999999999999M", nil), ("QEMU -m 8G", nil),
      ("QEMU -m 0", nil), ("", nil),
      // As in the Makefile of 2019.
      ("QEMUOPTS = -m 3G -smp 3\nUPSTREAM := $(shell git remote -v | grep -m 1 \"xv6\")", 3072),
    ] as [(String, Int?)])
  func `the RAM is what the Makefile gives QEMU`(text: String, mebibytes: Int?) {
    #expect(TreeMakefile.memoryMiB(in: text) == mebibytes)
  }

  @Test func `a tree's kernel has the tree's RAM`() throws {
    let kernel = try #require(LabPrograms.guest("tiny"))
    let files = [
      "kernel/main.c": [], "kernel/kernel": kernel, "Makefile": Array("QEMUOPTS = -m 256M\n".utf8),
    ]
    let found = try Self.inFolder(files) { (tree: URL) throws in
      let whole = try KernelSolution(tree: tree.path)
      let alone = try KernelSolution(file: tree.path + "/kernel/kernel")
      return [whole.memoryMiB, alone.memoryMiB]
    }
    #expect(found == [256, nil])
  }
}

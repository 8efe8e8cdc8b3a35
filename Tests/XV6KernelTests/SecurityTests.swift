import LabEvents
import LabPrograms
import LazySolutions
import Testing
import XV6FileSystem

@testable import XV6Kernel

/// SECURITY.md's clauses about user programs on xv6 in Swift.
struct SecurityTests {
  /// A file of the host, by different names that a guest could try.
  @Test(arguments: ["/etc/passwd", "../../../../etc/passwd", "/dev/zero", #filePath])
  func `a guest's paths lead nowhere but to its own disk`(path: String) throws {
    let (outcome, console, _) = try Machine.run(["cat", path])
    #expect(console.contains("cat: cannot open"))
    #expect(outcome == .finished(status: 1))
  }

  @Test func `a line without an end is heard in pieces`() throws {
    let machine = try CodeMachine([Code.loop])
    _ = machine.events()
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
    bytes.withUnsafeBytes { machine.kernel.printBytes($0) }
    machine.kernel.flushConsoleLine()
    let pieces = machine.events().compactMap { event in
      if case .consoleLine(let line) = event { line.utf8.count } else { nil }
    }
    #expect(pieces == [65536, 65536, 65536, 65536, 300_000 - 4 * 65536])
  }

  /// `p_memsz` and `argv` are requests of a program; it does not get memory that the machine does not have.
  @Test(arguments: [1 << 30, 1 << 38, 1 << 63, .max] as [UInt64])
  func `a program is never given more memory than the machine has`(size: UInt64) throws {
    var program = try #require(LabPrograms.programs(for: "lazy").first { $0.name == "echo" }).elf
    let header = program[32..<40].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    for n in 0..<8 { program[header + 40 + n] = UInt8(truncatingIfNeeded: size >> UInt64(8 * n)) }
    let image = try FileSystemImage(files: [.init(path: "init", contents: program)]).bytes
    let kernel = try Kernel(KernelConfiguration(solution: Starter(), disk: image))
    let free = kernel.freePages
    #expect(kernel.run() == .panicked("init exiting"))
    #expect(kernel.freePages <= free)
  }
}

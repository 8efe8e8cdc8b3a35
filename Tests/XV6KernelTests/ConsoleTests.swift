import Testing
import XV6FileSystem

@testable import XV6Kernel

@Suite("The console")
struct ConsoleTests {
  /// A machine with the console open as descriptor 0.
  private func machine(consoleLimit: Int = .max) throws -> FileMachine {
    let m = try FileMachine(consoleLimit: consoleLimit)
    #expect(try m.mknod("console", 1, 1) == 0)
    #expect(try m.open("console", .readWrite) == 0)
    return m
  }

  private func type(_ text: String, on m: FileMachine) {
    for byte in text.utf8 { m.kernel.consoleintr(byte) }
  }

  /// What a read of `count` bytes gives; the console must have a line.
  private func read(_ count: Int, from m: FileMachine) throws -> String {
    let done = try m.read(0, count)
    return done < 0 ? "failure" : String(decoding: try m.peek(done), as: UTF8.self)
  }

  @Test func `a line is read whole, or in parts`() throws {
    let m = try machine()
    type("hello\nworld\n", on: m)
    #expect(try read(100, from: m) == "hello\n")
    #expect(try read(3, from: m) == "wor")
    #expect(try read(100, from: m) == "ld\n")
    #expect(m.recorder.console == "hello\nworld\n")  // the echo
  }

  @Test(
    "editing",
    arguments: [
      ("ab\u{8}c\n", "ac\n", "ab\u{8} \u{8}c\n"),
      ("ab\u{7f}c\n", "ac\n", "ab\u{8} \u{8}c\n"),
      ("\u{8}\u{8}a\n", "a\n", "a\n"),
      ("ab\u{15}c\n", "c\n", "ab\u{8} \u{8}\u{8} \u{8}c\n"),
      ("\u{15}c\n", "c\n", "c\n"),
      ("a\0b\n", "ab\n", "ab\n"),
      ("a\r", "a\n", "a\n"),
      ("a\tb\u{1b}\n", "a\tb\u{1b}\n", "a\tb\u{1b}\n"),
    ])
  func editing(typed: String, line: String, echo: String) throws {
    let m = try machine()
    type(typed, on: m)
    #expect(try read(100, from: m) == line)
    #expect(m.recorder.console == echo)
  }

  @Test func `a finished line cannot be edited`() throws {
    let m = try machine()
    type("one\n\u{8}\u{15}two\u{15}2\n", on: m)
    #expect(try read(100, from: m) == "one\n")
    #expect(try read(100, from: m) == "2\n")
  }

  @Test func `ctrl-d ends the input`() throws {
    let m = try machine()
    type("\u{4}", on: m)
    #expect(try read(100, from: m) == "")
    type("ab\u{4}cd\n", on: m)
    #expect(try read(100, from: m) == "ab")
    #expect(try read(100, from: m) == "")  // kept for a read of its own
    #expect(try read(100, from: m) == "cd\n")
  }

  @Test func `the buffer holds 128 characters, and loses what comes after`() throws {
    let m = try machine()
    let long = String(repeating: "x", count: 127)
    type(long + "yz\n", on: m)
    // The 128th character ends the line; there was no room for the rest.
    #expect(try read(128, from: m) == long + "y")
    type("again\n", on: m)
    #expect(try read(100, from: m) == "again\n")
    #expect(m.recorder.console == long + "yagain\n")
  }

  @Test func `the ring goes round`() throws {
    let m = try machine()
    for round in 0..<50 {
      type("line number \(round)\n", on: m)
      #expect(try read(100, from: m) == "line number \(round)\n")
    }
  }

  @Test func `memory that ends`() throws {
    let m = try machine()
    type("abcdef\n", on: m)
    #expect(try m.read(0, 100, to: FileMachine.end - 2) == 2)
    // The character that could not be copied is lost, as in xv6.
    #expect(try read(100, from: m) == "def\n")
    #expect(try m.write(0, 100, from: FileMachine.end - 5) == 5)
    #expect(try m.write(0, 100, from: FileMachine.end) == 0)
    #expect(try m.write(0, 0) == 0)
    #expect(try m.write(0, -1) == 0)
    #expect(try m.read(0, 0) == 0)
    #expect(try m.read(0, -1) == 0)
  }

  @Test func `a killed process does not wait`() throws {
    let m = try machine()
    m.p.killed = true
    #expect(try m.read(0, 1) == -1)
  }

  @Test func `ctrl-p lists the processes`() throws {
    let m = try machine()
    m.p.pid = 7
    m.p.setName("tester".utf8)
    type("\u{10}", on: m)
    #expect(m.recorder.console.hasSuffix("\n7 run    tester\n"))
    type("a\n", on: m)
    #expect(try read(100, from: m) == "a\n")
  }

  @Test func `lines are reported as they end`() throws {
    let m = try machine()
    #expect(try m.write(0, "one\ntw") == 6)
    #expect(m.recorder.lines == ["one"])
    m.kernel.printf("o\n\nlast")
    #expect(m.recorder.lines == ["one", "two", ""])
    m.kernel.flushConsoleLine()
    m.kernel.flushConsoleLine()
    #expect(m.recorder.lines == ["one", "two", "", "last"])
    #expect(m.recorder.console == "one\ntwo\n\nlast")
  }

  @Test func `bytes that are no text are shown as they are`() throws {
    let m = try machine()
    #expect(try m.write(0, [0xff, 0x00, 0x0a]) == 3)
    #expect(m.recorder.lines == ["\u{fffd}\0"])
  }

  @Test func `the limit ends the machine, and is exact`() throws {
    let booted = Array("\nxv6 kernel is booting\n\n".utf8).count
    let m = try machine(consoleLimit: booted + 10)
    #expect(try m.write(0, "12345\n") == 6)
    #expect(try m.write(0, "7890") == 4)
    #expect(m.kernel.outcome == nil)
    #expect(throws: KernelHalt.stopped) { try m.write(0, "+more") }
    #expect(m.kernel.outcome == .consoleLimit)
    #expect(m.recorder.console == "12345\n7890")
  }

  @Test func `a write without end is stopped`() throws {
    let m = try machine(consoleLimit: 100_000)
    #expect(throws: KernelHalt.stopped) { try m.write(0, 300_000) }
    let n = try machine()
    n.kernel.halt(.deadlocked)
    #expect(throws: KernelHalt.stopped) { try n.write(0, 300_000) }
    #expect(n.recorder.console.utf8.count <= 512)
  }

  @Test func `what was printed before a panic has been seen`() throws {
    let m = try FileMachine(solution: PanicsInCopyin())
    #expect(try m.mknod("console", 1, 1) == 0)
    let fd = try m.open("console", .writeOnly)
    try m.poke(Array("before".utf8), at: PanicsInCopyin.edge - 6)
    m.expectPanic("copyin") { _ = try m.write(fd, 100, from: PanicsInCopyin.edge - 6) }
    #expect(m.recorder.console == "beforepanic: copyin\n")
  }
}

/// A solution that cannot read the memory from one address on.
private struct PanicsInCopyin: LabSolution {
  static let edge = 3 * PGSIZE

  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool {
    if srcva >= Self.edge { throw k.panic("copyin") }
    return try EagerXV6().copyin(k, pagetable, into: destination, from: srcva)
  }
}

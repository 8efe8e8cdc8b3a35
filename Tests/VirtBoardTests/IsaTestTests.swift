import ObjectFile
import Testing

@testable import VirtBoard

/// How tests of the instruction set end. The tests are our own guests.
struct IsaTestTests {
  private func test(_ guest: String, harts: Int = 1, limit: UInt64 = 2_000_000) throws -> IsaTest {
    try IsaTest(GuestBoard.elf(guest), harts: harts, limit: limit)
  }

  @Test(arguments: [
    ("isa-pass", IsaTest.Verdict.passed), ("isa-fail", .failed(number: 5)), ("isa-print", .failed(number: 7)),
    ("isa-endless", .stopped(.limit)), ("isa-ask", .unknownRequest(2 << 56 | 5 << 48 | 0x123)),
    ("isa-noise", .stopped(.consoleLimit)), ("isa-harts", .stopped(.limit)),
  ])
  func `every verdict is reached`(guest: String, verdict: IsaTest.Verdict) throws {
    #expect(try test(guest, limit: 20_000_000).run() == verdict)
  }

  @Test func `several harts run the test`() throws {
    #expect(try test("isa-harts", harts: 3).run() == .passed)
  }

  @Test func `a write from outside RAM is refused`() throws {
    let test = try test("isa-write")
    guard case .unknownRequest = test.run() else {
      Issue.record("the host wrote")
      return
    }
    #expect(test.console.isEmpty)
  }

  @Test func `what a test prints is kept`() throws {
    let test = try test("isa-print")
    _ = test.run()
    #expect(String(decoding: test.console, as: UTF8.self) == "by character\nby call\nby wire\nexit 7\n")
  }

  @Test func `a flood is kept up to the limit`() throws {
    let test = try test("isa-noise", limit: 20_000_000)
    _ = test.run()
    #expect(test.console.count == 1 << 20)
  }

  @Test func `the state of a lost test names where it trapped`() throws {
    let test = try test("isa-fail")
    _ = test.run()
    #expect(test.state.first?.hasPrefix("hart 0: machine mode, pc 0x80000") == true)
    let trap = try #require(test.state.last)
    #expect(trap.hasPrefix("mcause 2 (illegalInstruction), mepc 0x80000"))
    #expect(trap.contains("(main + 0x"))
    #expect(trap.hasSuffix("mtval 0x5c001073"))
  }

  @Test(arguments: [
    (4, "03020100\n07060504\ndeadbeef\n"), (8, "0706050403020100\ndeadbeef\n"),
    (16, "deadbeef0706050403020100\n"),
  ])
  func `a signature is written by lines of any width`(granularity: Int, text: String) throws {
    let test = try test("isa-pass")
    _ = test.run()
    #expect(try test.signature(granularity: granularity) == text)
  }

  @Test func `what is no test says why`() throws {
    #expect(throws: IsaTestError.noTohost) { try test("clint") }
    #expect(throws: IsaTestError.noSignature) { try test("isa-fail").signature(granularity: 4) }
    #expect(throws: BoardError.harts(9)) { try test("isa-pass", harts: 9) }
  }
}

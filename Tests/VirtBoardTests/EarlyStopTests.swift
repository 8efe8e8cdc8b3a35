import ObjectFile
import Testing

@testable import VirtBoard

/// The first trap of a kernel that has not set a handler yet is what is told, with its place.
struct EarlyStopTests {
  private static func stop(_ guest: String, _ change: (inout BoardConfiguration) -> Void = { _ in }) throws
    -> String
  {
    var configuration = GuestBoard.configuration()
    change(&configuration)
    let board = try Board(kernel: GuestBoard.elf(guest), configuration)
    let stop = board.run()
    guard case .earlyTrap = stop else { return "\(stop)" }
    return "\(stop)"
  }

  @Test func `an instruction of V is named, with function, line, and what the kernel was built for`() throws {
    #expect(
      try Self.stop("early-vector")
        == "hart 0: illegal instruction vsetivli in start() at labs/guests/early-vector.c:5, before the kernel has "
        + "set mtvec; it was compiled for rv64imac_zicsr_zifencei: build it with -march=rv64gc")
  }

  @Test func `floating point is named`() throws {
    let text = try Self.stop("early-float")
    #expect(
      text.hasPrefix(
        "hart 0: illegal instruction of floating point, 0xf2000553 in half() at labs/guests/early-float.c:5"))
    #expect(
      text.hasSuffix(
        "before the kernel has set stvec: floating point is off, as xv6 leaves it, so its code may not use "
          + "float or double"))
  }

  /// What a kernel with another PHYSTOP does in kinit().
  @Test func `a store beyond RAM is named, and the function that led there`() throws {
    let text = try Self.stop("early-store") { $0.memorySize = 128 << 20 }
    #expect(
      text
        == "hart 0: kfree() at labs/guests/early-store.c:5, which kinit() has called, stores to 0x88000000, the first "
        + "byte above the 128 MiB of RAM, before the kernel has set mtvec: a kernel with a larger PHYSTOP needs "
        + "more RAM (--memory, or -m in its Makefile)")
  }

  @Test func `with more RAM it goes on`() throws {
    #expect(
      try Self.stop("early-store") { $0.memorySize = 256 << 20 }
        == "every hart waits, and nothing can wake one")
  }

  @Test func `other traps have their words`() throws {
    #expect(
      try Self.stop("bad-nowhere") == "hart 0: a jump to 0x123456789abc, before the kernel has set mtvec")
    let fault = try Self.stop("bad-fault")
    #expect(fault.contains("main() at labs/guests/bad-fault.c:7 stores to 0x40000000, before"))
    // ecall
    let call = MadeKernel(segments: [(Board.ramBase, [0x73, 0, 0, 0])])
    let stop = try Board(kernel: call.elf(), GuestBoard.configuration()).run()
    #expect(
      "\(stop)"
        == "hart 0: an ecall at 0x80000000, which asks firmware (SBI) that is not there, before the kernel "
        + "has set mtvec")
  }

  /// A trap that a handler took is not told, though the machine may come to a loop later.
  @Test func `a kernel that has handlers is told as before`() throws {
    // mtvec = 0x1000, then an illegal instruction.
    let code: [UInt8] = [0xB7, 0x12, 0, 0, 0x73, 0x90, 0x52, 0x30, 0, 0, 0, 0]
    let kernel = MadeKernel(segments: [(Board.ramBase, code)])
    let stop = try Board(kernel: kernel.elf(), GuestBoard.configuration()).run()
    #expect(stop == .trapLoop(hart: 0, cause: 1, pc: 0x1000))
  }
}

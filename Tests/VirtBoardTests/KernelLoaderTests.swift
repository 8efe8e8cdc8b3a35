import ObjectFile
import Testing

@testable import VirtBoard

/// Kernels' files as QEMU 7.2 takes them with `-bios none`.
struct KernelLoaderTests {
  private static let base = Board.ramBase

  private static func run(_ kernel: MadeKernel) throws -> BoardStop {
    try Board(kernel: kernel.elf(), GuestBoard.configuration()).run()
  }

  private static func error(_ kernel: MadeKernel) throws -> String {
    let error = try #require(throws: BoardError.self) {
      try Board(kernel: kernel.elf(), GuestBoard.configuration())
    }
    return "\(error)"
  }

  /// lld leaves it zero for kernels of 2019 to 2021. Odd ones, and those that lead elsewhere, do not matter
  /// either.
  @Test(arguments: [0, base, base + 2, 0x8000_004F, 0x1234, .max] as [UInt64])
  func `every hart starts at the start of RAM, whatever entry point is named`(entry: UInt64) throws {
    let kernel = MadeKernel(entry: entry, segments: [(Self.base, MadeKernel.powerOff)])
    #expect(try Self.run(kernel) == .poweredOff(status: 0))
  }

  /// As `gcc -nostdlib -Ttext=0x80000000` makes them: the page before `.text` has the file's headers.
  @Test(arguments: [1, 8, 0x1000]) func `bytes below RAM are dropped`(count: Int) throws {
    let below = [UInt8](repeating: 0xFF, count: count)
    let kernel = MadeKernel(segments: [(Self.base - UInt64(count), below + MadeKernel.powerOff)])
    #expect(try Self.run(kernel) == .poweredOff(status: 0))
    let apart = MadeKernel(segments: [(0x1000, below), (Self.base, MadeKernel.powerOff)])
    #expect(try Self.run(apart) == .poweredOff(status: 0))
  }

  /// A kernel of 2019 that lld links has `.rodata` first. QEMU executes it, and nothing comes of that.
  @Test func `data at the start of RAM is told by its section`() throws {
    var kernel = MadeKernel(segments: [(Self.base, Array("hello".utf8) + MadeKernel.powerOff)])
    kernel.sections = [(".rodata", Self.base, 5, 2), (".text", Self.base + 5, 16, 6)]
    #expect(
      try Self.error(kernel)
        == "what lies at 0x80000000, where the machine starts, is not code: section .rodata; QEMU would not boot "
        + "it either (the linker has put it before .text)")
    kernel.sections = [(".debug", 0, 5, 0), (".text", Self.base, 21, 6)]
    #expect(throws: Never.self) { try Board(kernel: kernel.elf(), GuestBoard.configuration()) }
  }

  @Test(
    arguments: [
      (0, "so it is a user program"), (0x8020_0000, "QEMU's own firmware, HiFive Unleashed or VisionFive 1"),
      (0x8002_0000, "Kendryte K210"), (0x4020_0000, "VisionFive 2 or Allwinner D1"),
      (0x4000_0000, "Allwinner D1"), (0x9000_0000, "some board"),
    ] as [(UInt64, String)])
  func `a kernel for another place is told by its address`(address: UInt64, words: String) throws {
    let error = try Self.error(MadeKernel(segments: [(address, MadeKernel.powerOff)]))
    #expect(error.hasPrefix("not a kernel for this machine: it is linked at \(hex(address)), "))
    #expect(error.contains(words))
    #expect(error.contains("0x80000000"))
  }

  @Test func `a kernel that is larger than RAM is told how large RAM is`() throws {
    let large = [UInt8](repeating: 0, count: (2 << 20) + 1)
    let error = try Self.error(MadeKernel(segments: [(Self.base, large)]))
    #expect(error.contains("lies outside RAM (0x80000000 to 0x80200000): --memory gives the machine more"))
  }

  private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

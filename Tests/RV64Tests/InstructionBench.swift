import Foundation
import RV64
import Sv39MMU
import TestSupport

/// A hart in U mode with `satp` zero, so that addresses are physical, and what the tests do with it.
struct InstructionBench: ~Copyable {
  static let ram: UInt64 = 0x8000_0000
  static let ramSize: UInt64 = 0x10_0000
  /// Where programs lie, and where data lies: in the midst of a page.
  static let code = ram + 0x1_0000
  static let data = ram + 0x8_0800

  let memory: PhysicalMemory
  var hart: Hart

  init() throws {
    memory = try PhysicalMemory(base: Self.ram, size: Self.ramSize)
    hart = Hart(memory: memory)
    hart.pc = Self.code
  }

  /// x0 to x31.
  var registers: [UInt64] { (0..<32).map { hart.register($0) } }

  /// Gives every register a value of its own; these are also returned, x0 being zero.
  mutating func scatterRegisters(_ random: inout SeededGenerator) -> [UInt64] {
    for n in 1..<32 {
      hart.setRegister(n, random.once(in: 2) ? random.pick(InstructionMeaning.edges) : random.next())
    }
    return registers
  }

  /// Writes `words` at `address`, unless they are there.
  func place(_ words: [UInt32], at address: UInt64 = code) {
    for (n, word) in words.enumerated() where memory.load32(address + 4 * UInt64(n)) != word {
      memory.store32(address + 4 * UInt64(n), word)
    }
  }

  /// Whether RAM is the same as `bytes` from `offset` on.
  func holds(_ bytes: [UInt8], from offset: Int) -> Bool {
    bytes[offset...].withUnsafeBytes { expected in
      guard let start = expected.baseAddress,
        let ram = memory.pointer(Self.ram + UInt64(offset), count: expected.count)
      else { return false }
      return memcmp(ram, start, expected.count) == 0
    }
  }

  /// Runs one instruction, from `address` on.
  mutating func step(at address: UInt64 = code) -> Hart.Stop {
    hart.pc = address
    return hart.runUser(until: hart.retired + 1)
  }
}

func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }

import Foundation
import Sv39MMU

/// A hart that is traced instruction by instruction.
extension Hart {
  /// `execute(until:)`, but one instruction at a time if each is to be folded into `trace`.
  mutating func executeTraced(until limit: UInt64) -> ExecuteResult {
    guard let trace else { return execute(until: limit) }
    guard retired < limit else { return .limit }
    let (pc, before) = (self.pc, retired)
    let bits = instructionBits() ?? 0
    let instruction = DecodedInstruction.decode(bits)
    let (rs1, rs2) = (register(Int(instruction.rs1)), register(Int(instruction.rs2)))
    let result = execute(until: before &+ 1)
    if retired != before {
      trace.instruction(
        pc: pc, bits: bits, rs1: rs1, rs2: rs2, rd: register(Int(instruction.rd)))
    }
    return result == .limit ? .resume : result
  }

  /// The 16 or 32 bits of the instruction at `pc`. Nil, with the same trap noted that executing it would
  /// make, if it cannot be fetched.
  private mutating func instructionBits() -> UInt32? {
    guard let address = fetchAddress(of: pc) else { return nil }
    let first = UInt32(address.load(as: UInt16.self))
    guard first & 3 == 3 else { return first }
    guard let second = fetchAddress(of: pc &+ 2) else { return nil }
    return first | UInt32(second.load(as: UInt16.self)) << 16
  }
}

extension TraceHash {
  /// Made once, because `allCases` would make an array at each use.
  private static let registers = CSR.allCases

  /// Folds everything that the future of the hart depends on, except its memory.
  mutating func fold(_ hart: borrowing Hart) {
    for n in 1..<32 { fold(hart.register(n)) }
    for word in [hart.pc, hart.retired, UInt64(hart.privilege.rawValue), hart.timeOffset, hart.timerCompare] {
      fold(word)
    }
    for register in Self.registers { fold(hart.readCSR(register)) }
    // `mip` tells these only together.
    fold(hart.control.softwarePending)
    fold(hart.control.lines)
    fold(hart.reservation?.ramOffset ?? .max)
    fold(UInt64(hart.reservation?.count ?? 0))
    fold(hart.reservation?.value ?? 0)
  }

  /// Folds the pages of RAM from physical address `start` on. A page with one repeated byte counts as that
  /// byte, so most of the memory of a machine is done quickly.
  mutating func fold(_ memory: PhysicalMemory, from start: UInt64) {
    fold(start)
    let size = Int(PGSIZE)
    for address in stride(from: start, to: memory.base + memory.size, by: size) {
      guard let page = memory.pointer(address, count: size) else { continue }
      if memcmp(page, page + 1, size - 1) == 0 {
        fold(UInt64(page.load(as: UInt8.self)))
      } else {
        fold(UnsafeRawBufferPointer(start: page, count: size))
      }
    }
  }
}

extension MachineTrace {
  /// Folds everything that the hart's future depends on.
  package func hart(_ hart: borrowing Hart) {
    state.turns.fold(hart)
    if state.instructions != nil { state.instructions?.fold(hart) }
  }
}

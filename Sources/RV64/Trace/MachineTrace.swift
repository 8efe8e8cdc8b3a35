import Sv39MMU

/// What a trace hash takes in, beside every event of the machine's devices or kernel.
package enum TraceGrain: String, Sendable, Codable, CaseIterable {
  /// The whole state of the hart at the end of each of its turns, or of each stay in user mode. The hart runs
  /// as it does without a trace.
  case turns
  /// Also each instruction and each trap. The hart is made to run one instruction at a time.
  case instructions
}

/// The running hashes of what one machine has done. All harts and devices of the machine share it. It belongs
/// to the thread that runs the machine.
package final class MachineTrace {
  /// All that there is to save and to take up again.
  package struct State: Equatable, Sendable {
    package internal(set) var turns = TraceHash()
    /// Nil at the grain of turns.
    package internal(set) var instructions: TraceHash?
  }

  package var state = State()

  package init(_ grain: TraceGrain) {
    if grain == .instructions { state.instructions = TraceHash() }
  }

  /// The trace that a hart folds its instructions into; nil if only turns count.
  package var ofInstructions: MachineTrace? { state.instructions == nil ? nil : self }

  /// Folds an event: a number for its kind, and up to four values.
  package func event<Kind: RawRepresentable<UInt64>>(
    _ kind: Kind, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0, _ d: UInt64 = 0
  ) {
    fold { hash in
      hash.fold(kind.rawValue)
      hash.fold(a)
      hash.fold(b)
      hash.fold(c)
      hash.fold(d)
    }
  }

  /// Folds bytes that belong to the last event.
  package func bytes(_ bytes: UnsafeRawBufferPointer) {
    fold { $0.fold(bytes) }
  }

  /// Folds one instruction: its address, its bits, the registers that it may have read, and the one that it
  /// may have written. The address and the value of a store follow from them.
  func instruction(pc: UInt64, bits: UInt32, rs1: UInt64, rs2: UInt64, rd: UInt64) {
    guard var hash = state.instructions.take() else { return }
    hash.fold(pc)
    hash.fold(UInt64(bits))
    hash.fold(rs1)
    hash.fold(rs2)
    hash.fold(rd)
    state.instructions = hash
  }

  /// Folds a trap that is about to be delivered.
  func trap(hart: UInt64, pc: UInt64, cause: UInt64, value: UInt64, retired: UInt64) {
    for word in [hart, pc, cause, value, retired] { state.instructions?.fold(word) }
  }

  private func fold(_ body: (inout TraceHash) -> Void) {
    body(&state.turns)
    if var hash = state.instructions.take() {
      body(&hash)
      state.instructions = hash
    }
  }
}

/// The hashes of a run, for people: what was folded, and the memory in which it ended.
package struct TraceSum: Equatable, Sendable, Codable {
  package var turns: TraceHash
  /// Nil at the grain of turns.
  package var instructions: TraceHash?

  /// A hash a line: the name of its grain, and 32 hexadecimal digits.
  package var lines: [String] {
    ["turns \(turns)"] + (instructions.map { ["instructions \($0)"] } ?? [])
  }
}

extension MachineTrace {
  /// The hashes so far, with the contents of RAM from physical address `start` on, and of `disk`, folded in.
  package func sum(_ memory: PhysicalMemory, from start: UInt64, disk: [UInt8] = []) -> TraceSum {
    var contents = TraceHash()
    contents.fold(memory, from: start)
    disk.withUnsafeBytes { contents.fold($0) }
    func ended(_ hash: TraceHash) -> TraceHash {
      var hash = hash
      hash.fold(contents.digest.high)
      hash.fold(contents.digest.low)
      return hash
    }
    return TraceSum(turns: ended(state.turns), instructions: state.instructions.map(ended))
  }
}

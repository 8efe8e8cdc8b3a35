import RV64

/// How a board is built and run.
package struct BoardConfiguration: Sendable {
  /// 1...8.
  package var harts = 1
  /// Bytes of RAM from 0x80000000 on: a multiple of 4096.
  package var memorySize: UInt64 = 128 << 20
  /// The disk in virtio slot 0; nil for none.
  package var disk: [UInt8]?
  /// The seed of the schedule by which harts take turns.
  package var seed: UInt64 = 1
  package var virtio = VirtioChoice.automatic
  package var pmp = PMPChoice.permissive
  /// Instructions, all harts' together, after which the run ends.
  package var instructionLimit = UInt64.max
  /// Bytes of console output after which the run ends.
  package var consoleLimit = UInt64.max
  /// Virtual time, in ticks of 10 MHz, that may be skipped because every hart waits, without a byte to or from the
  /// console, a disk request or an exception in U mode between; beyond it the machine is idle.
  package var idleLimit: UInt64 = 100 * 10_000_000

  /// What is folded into the run's hash (`Board.traceSum`); nil for nothing.
  package var trace: TraceGrain?
  /// What harts do faster than one instruction at a time; the guest sees no difference.
  package var fastPaths = FastPaths.standard

  package init() {}

  /// What `choose` takes.
  package static let kinds = ["auto", "legacy", "modern", "strict", "permissive"]

  /// Takes one of `kinds`: what the board otherwise finds out by itself. False where there is no such kind.
  package mutating func choose(_ kind: String) -> Bool {
    switch kind {
    case "auto": break
    case "legacy": virtio = .legacy
    case "modern": virtio = .modern
    case "strict": pmp = .strict
    case "permissive": pmp = .permissive
    default: return false
    }
    return true
  }

  /// The virtio transport of the disk.
  package enum VirtioChoice: String, Sendable, CaseIterable {
    /// What the guest takes: see `Board`.
    case automatic
    /// Version 1: xv6 until September 2021.
    case legacy
    /// Version 2.
    case modern
  }

  /// What S and U mode may do while no PMP entry is on.
  package enum PMPChoice: String, Sendable, CaseIterable {
    /// All: for kernels that know nothing of PMP, such as xv6's until 2020. One that turns entries on is held to them.
    case permissive
    /// Nothing, as the specification and QEMU since 6.0 have it.
    case strict
  }
}

/// Why a board could not be built.
package enum BoardError: Error, Equatable, Sendable, CustomStringConvertible {
  case harts(Int)
  case memory(String)
  /// A segment of the kernel is not in RAM.
  case segmentOutsideRAM(index: Int, address: UInt64, size: UInt64, ramEnd: UInt64)
  /// The kernel has nothing to load.
  case nothingToLoad
  /// The first instruction is not in RAM.
  case entryOutsideRAM(UInt64)

  package var description: String {
    func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
    return switch self {
    case .harts(let count): "\(count) harts: a board has 1 to \(Board.maxHarts)"
    case .memory(let reason): reason
    case .segmentOutsideRAM(let index, let address, let size, let end):
      "segment \(index), \(size) bytes at \(hex(address)), lies outside RAM (\(hex(Board.ramBase)) to \(hex(end)))"
    case .nothingToLoad: "the file has no segment to load"
    case .entryOutsideRAM(let address): "the entry point \(hex(address)) lies outside RAM"
    }
  }
}

/// Why a run has ended.
package enum BoardStop: Equatable, Sendable {
  /// The guest switched the machine off, with status 0 where it is content.
  case poweredOff(status: UInt16)
  /// The guest asked for a reset.
  case reset
  /// The limit of retired instructions is reached.
  case limit
  /// The limit of console output is reached.
  case consoleLimit
  /// Every hart waits, and only console input could go on with it, of which there is none.
  case idle
  /// Every hart waits, and nothing can wake one.
  case deadlocked
  /// A hart's trap handler traps on its first instruction, for ever.
  case trapLoop(hart: Int, cause: UInt64, pc: UInt64)
  /// `BoardStopper.stop()` was called.
  case stopped
}

extension BoardStop: CustomStringConvertible {
  package var description: String {
    switch self {
    case .poweredOff(0): "the guest switched the machine off"
    case .poweredOff(let status): "the guest switched the machine off with status \(status)"
    case .reset: "the guest reset the machine"
    case .limit: "the limit of retired instructions was reached"
    case .consoleLimit: "the limit of console output was reached"
    case .idle: "every hart waits for console input, and there is no more"
    case .deadlocked: "every hart waits, and nothing can wake one"
    case .trapLoop(let hart, let cause, let pc):
      "hart \(hart) traps for ever at 0x\(String(pc, radix: 16)), cause \(cause)"
    case .stopped: "stopped"
    }
  }
}

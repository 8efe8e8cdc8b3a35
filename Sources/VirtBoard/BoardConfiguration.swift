import RV64
import Sv39MMU

/// How a board is built and run.
package struct BoardConfiguration: Sendable {
  /// The number of harts: 1...8.
  package var harts = 1
  /// Bytes of RAM from 0x80000000 on: a multiple of 4096.
  package var memorySize: UInt64 = 128 << 20
  /// The disk in virtio slot 0, or nil for a board without a disk.
  package var disk: [UInt8]?
  /// The seed for the schedule by which harts take turns.
  package var seed: UInt64 = 1
  package var virtio = VirtioChoice.automatic
  package var pmp = PMPChoice.permissive
  /// The run ends after this many instructions of all harts together.
  package var instructionLimit = UInt64.max
  /// The run ends after this many bytes of console output.
  package var consoleLimit = UInt64.max
  /// How much virtual time, in ticks of 10 MHz, may be skipped because every hart waits. A byte to or from
  /// the console, a disk request or an exception in U mode begins a new count. After this time the machine
  /// counts as idle.
  package var idleLimit: UInt64 = 100 * 10_000_000

  /// What goes into the run's hash (`Board.traceSum`), or nil for no hash.
  package var trace: TraceGrain?
  /// The ways in which harts run faster than one instruction at a time. The guest sees no difference.
  package var fastPaths = FastPaths.standard

  package init() {}

  /// The words that `choose` accepts.
  package static let kinds = ["auto", "legacy", "modern", "strict", "permissive"]

  /// Sets what the board otherwise finds out by itself. `kind` is one of `kinds`; the result is false if it
  /// is not.
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
    /// The one that the guest wants; `Board` explains how it is found.
    case automatic
    /// Version 1: xv6 until September 2021.
    case legacy
    /// Version 2.
    case modern
  }

  /// What S and U mode may access while no PMP entry is on.
  package enum PMPChoice: String, Sendable, CaseIterable {
    /// Everything. This is for kernels that do not know PMP, such as xv6 until 2020. If a kernel turns
    /// entries on, they are enforced.
    case permissive
    /// Nothing, as in the specification and in QEMU since 6.0.
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
  /// The file has nothing for the address where every hart starts. `lowest` is its first address.
  case nothingAtStart(lowest: UInt64)
  /// What the file has for that address is in a section without instructions.
  case startIsNotCode(section: String)

  package var description: String {
    switch self {
    case .harts(let count): "\(count) harts: a board has 1 to \(Board.maxHarts)"
    case .memory(let reason): reason
    case .segmentOutsideRAM(let index, let address, let size, let end):
      "segment \(index), \(size) bytes at \(hex(address)), lies outside RAM"
        + " (\(hex(Board.ramBase)) to \(hex(end))): --memory gives the machine more"
    case .nothingToLoad: "the file has no segment to load"
    case .nothingAtStart(let lowest):
      "not a kernel for this machine: it is linked at \(hex(lowest)), \(ForeignKernel.words(lowest: lowest))"
    case .startIsNotCode(let section):
      "what lies at \(hex(Board.ramBase)), where the machine starts, is not code: section \(section); QEMU "
        + "would not boot it either (the linker has put it before .text)"
    }
  }
}

/// Why a run has ended.
package enum BoardStop: Equatable, Sendable {
  /// The guest switched the machine off. Status 0 means success.
  case poweredOff(status: UInt16)
  /// The guest asked for a reset.
  case reset
  /// The limit of retired instructions is reached.
  case limit
  /// The limit of console output is reached.
  case consoleLimit
  /// Every hart waits. Only console input could wake one, and there is none.
  case idle
  /// Every hart waits, and nothing can wake any of them.
  case deadlocked
  /// The trap handler of a hart traps on its first instruction, again and again.
  case trapLoop(hart: Int, cause: UInt64, pc: UInt64)
  /// A hart has trapped before the kernel had set a trap handler.
  case earlyTrap(EarlyStop)
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
      "hart \(hart) traps for ever at \(hex(pc)), cause \(cause)"
    case .earlyTrap(let stop): "\(stop)"
    case .stopped: "stopped"
    }
  }
}

import LabPrograms
import ObjectFile
import RV64
import Sv39MMU

/// Why a batch could not be run at all.
package enum DifferentialError: Error, CustomStringConvertible {
  case noMonitor(String)
  case noMemory(String)
  case image(path: String, reason: String)
  case notInstalled
  case oracle(String)

  package var description: String {
    switch self {
    case .noMonitor(let reason): "the monitor cannot be loaded: \(reason)"
    case .noMemory(let reason): reason
    case .image(let path, let reason): "\(path): \(reason)"
    case .notInstalled: "qemu-system-riscv64 is not installed"
    case .oracle(let reason): "qemu-system-riscv64: \(reason)"
    }
  }
}

/// This project's hart with the monitor in its RAM.
final class OwnMachine {
  let memory: PhysicalMemory
  var hart: Hart
  private let bus: FinisherBus

  /// How a program ended.
  enum End: Equatable {
    case done
    /// The budget of instructions is spent, or the hart waits for an interrupt that never comes.
    case endless
    /// Traps follow each other for ever.
    case trapLoop
    /// A device was reached.
    case stray
    /// It met a choice (`Choices.avoids`).
    case avoided
  }

  init(fastPaths: FastPaths = .standard) throws(DifferentialError) {
    do {
      memory = try PhysicalMemory(base: Layout.ramBase, size: Layout.ramSize)
    } catch {
      throw .noMemory("\(error)")
    }
    bus = FinisherBus()
    hart = Hart(memory: memory, bus: bus, fastPaths: fastPaths)
    hart.allowsWithoutPMP = false
    guard let bytes = LabPrograms.guest("differential") else { throw .noMonitor("it is not built in") }
    do {
      let elf = try ELF(parsing: bytes)
      for segment in elf.loadableSegments {
        elf.contents(of: segment).withUnsafeBytes { _ = memory.write(segment.physicalAddress, from: $0) }
      }
      hart.pc = elf.entry
    } catch {
      throw .noMonitor("\(error)")
    }
  }

  /// The monitor is to run programs `range` next.
  func setHeader(_ range: Range<Int>) {
    memory.store64(Layout.header, UInt64(range.lowerBound))
    memory.store64(Layout.header + 8, UInt64(range.upperBound))
  }

  /// Runs the program in slot `n`, which is there, and answers how it ended. After anything but `.done` the
  /// machine must go back to a saved state.
  func run(_ program: Program, slot n: Int) -> End {
    setHeader(n..<n + 1)
    bus.isDone = false
    bus.isStray = false
    let overwritten = memory.code.invalidations
    let stop = hart.run(until: hart.retired + program.budget)
    if bus.isStray { return .stray }
    switch stop {
    case .bus:
      // QEMU goes on with a block that has overwritten itself, as it may without fence.i.
      let isPlain = memory.code.invalidations == overwritten && !Choices.avoids(state(n), program)
      return isPlain ? .done : .avoided
    case .limit, .waiting: return .endless
    case .trapLoop: return .trapLoop
    }
  }

  /// What a program leaves that runs in the first slot of a new machine.
  static func finalState(of program: Program) throws(DifferentialError) -> SlotState {
    let machine = try OwnMachine()
    program.place(at: Layout.slot(0), in: machine.memory)
    _ = machine.run(program, slot: 0)
    return machine.state(0)
  }

  func state(_ n: Int) -> SlotState {
    var bytes = [UInt8](repeating: 0, count: Int(Layout.slotSize))
    bytes.withUnsafeMutableBytes { _ = memory.read(Layout.slot(n), into: $0) }
    return SlotState(bytes: bytes)
  }

  /// As `run`, one instruction at a time; `before` sees the hart before each.
  func step(slot n: Int, budget: UInt64, before: (_ hart: borrowing Hart) -> Void) -> End {
    setHeader(n..<n + 1)
    bus.isDone = false
    for _ in 0..<budget {
      before(hart)
      switch hart.run(until: hart.retired + 1) {
      case .bus: return .done
      case .waiting: return .endless
      case .trapLoop: return .trapLoop
      case .limit: break
      }
    }
    return .endless
  }
}

/// The finisher, and a timer that takes what it is told and does nothing. Nothing else is there.
private final class FinisherBus: PhysicalBus {
  /// The monitor has said that a program is done.
  var isDone = false
  /// The program itself has reached a device.
  var isStray = false

  func read(_ address: UInt64, size: Int, hart: UInt64, time: UInt64) -> BusAnswer {
    note(address)
    return .fault
  }

  func write(_ address: UInt64, size: Int, _ value: UInt64, hart: UInt64, time: UInt64) -> Bool {
    if address == Layout.finisher && value == Layout.oneDone {
      isDone = true
      return true
    }
    if address == Layout.timer { return true }
    note(address)
    return false
  }

  /// What QEMU has below RAM is its own.
  private func note(_ address: UInt64) {
    if address < Layout.ramBase { isStray = true }
  }

  func signals(hart: UInt64) -> HartSignals { HartSignals(lines: 0, timerCompare: .max, stop: isDone) }

  func userTrap(_: UserTrap) {}
}

import LabEvents
import RV64
import Sv39MMU
import VirtBoard

/// Follows a real kernel on a board. Reports what the kernel does in the same way as `XV6Kernel` reports it:
/// `LabEvent`s in the order in which they happen, each with the count of instructions.
///
/// It gets its knowledge from three places:
///
/// - Traps and returns to user mode come from the machine. They need nothing from the kernel.
/// - Calls of `kalloc`, `mappages`, `copyin` and others are seen by probes, if the file has their symbols
///   (`KernelMap`).
/// - Processes are read from `proc[]`, by the debug information (`KernelProcesses`). Without debug
///   information, each address space counts as one process (`AddressSpaceTable`), and only its page table and
///   `sbrk` tell about it.
///
/// The kernel may be any program, even a broken one. So only a bounded amount of data is kept about it, and
/// its memory is read without trusting that it is in order.
package final class KernelFollower {
  package let board: Board
  package let map: KernelMap
  package let processes: KernelProcesses?
  private let emit: (LabEvent, UInt64) -> Void
  private var spaces = AddressSpaceTable()
  /// What each process asked of the kernel and has no answer to yet. The key is the address of its
  /// `struct proc`, or its `satp` if that address is not known.
  var requests: [UInt64: Request] = [:]
  /// The kernel's functions that have begun and have not ended yet.
  var calls: [CallSite: ProbeHit] = [:]
  /// Processes in `fork()` whose child has not been reported yet.
  var forking: Set<Int32> = []
  /// Children that have been reported and are still alive.
  var children: Set<Int32> = []
  /// Processes that `kill()` has told to die.
  var condemned: Set<Int32> = []
  /// Pages on the free list.
  package var free: Int
  var hasPanicked = false
  /// The key of the process that was last in user mode.
  var lastKey: UInt64 = 0
  private var retired: UInt64 = 0
  var clock = UserClock()
  /// Processes whose instructions do not count.
  package var bystanders: Set<Int32> = []

  /// Why a process is in the kernel.
  package struct Request {
    package var pid: Int32
    package var program: String
    package var trap: UserTrap
    /// The name of the system call; nil if it is another trap.
    package var name: String? { KernelFollower.name(ofCall: trap) }
  }

  /// A call of a kernel function, on one of the kernel's stacks.
  struct CallSite: Hashable {
    package var function: KernelMap.Function
    package var sp: UInt64
  }

  /// What is known about a process.
  fileprivate struct Subject {
    /// The key of its request in `requests`.
    var key: UInt64
    var pid: Int32 = 0
    var program = ""
    var size: UInt64 = 0
  }

  /// The most requests, calls and condemned processes that are remembered. xv6 has 64 processes.
  package static let most = 4096

  /// Follows the kernel on `board` from now on. Processes that exist already are reported as if they had just
  /// called `exec` for the program that they run.
  package init(_ board: Board, _ map: KernelMap, emit: @escaping (LabEvent, UInt64) -> Void) {
    self.board = board
    self.map = map
    self.emit = emit
    processes = map.processes.map { KernelProcesses(board.memory, $0) }
    free = map.freelist.map { board.memory.listLength(at: $0) } ?? 0
    retired = board.retired
    for process in processes?.all ?? [] {
      tell(.exec(pid: process.pid, path: process.name, size: process.size))
    }
    board.follow(probes: ProbeSet(map.points.keys)) { [unowned self] step, retired in
      self.retired = retired
      switch step {
      case .userTrap(let trap):
        clock.leave(trap.hart, at: trap.retired)
        see(trap)
      case .userReturn(let event): see(event)
      case .probe(let hit): see(hit)
      }
    }
  }

  /// Instructions that programs have retired since the follower began, without those of `bystanders`.
  package var userInstructions: UInt64 { clock.retired }

  /// Reports a line of the console. If the line is a panic that no probe has reported, it reports the panic
  /// too.
  package func hear(line: String) {
    tell(.consoleLine(line))
    guard !hasPanicked, let panic = line.range(of: "panic: ") else { return }
    self.panic(String(line[panic.upperBound...]), nil, callers: [])
  }

  package func tell(_ event: LabEvent) { emit(event, retired) }

  // MARK: To and from user mode

  private func see(_ trap: UserTrap) {
    var subject = subject(satp: trap.satp, hart: trap.hart)
    lastKey = subject.key
    if processes == nil, requests[subject.key] != nil {
      // The process that asked before has not come back. So another process has the address space now.
      spaces.forget(trap.satp)
      subject = self.subject(satp: trap.satp, hart: trap.hart)
    }
    requests.keep(
      Request(pid: subject.pid, program: subject.program, trap: trap), for: subject.key, most: Self.most)
    switch trap.cause {
    case TrapCause.environmentCallFromUser.rawValue:
      guard let name = Self.name(ofCall: trap) else { return }
      let a = trap.arguments
      tell(
        .systemCall(
          pid: subject.pid, name: name,
          arguments: .init(a.a0, a.a1, a.a2, returnAddress: trap.ra, stackPointer: trap.sp)))
    case let cause where TrapCause(rawValue: cause)?.isPageFault == true:
      tell(.pageFault(fault(trap, subject)))
    default: break
    }
  }

  private func fault(_ trap: UserTrap, _ subject: Subject) -> PageFault {
    PageFault(
      pid: subject.pid, program: subject.program, scause: trap.cause, stval: trap.value, sepc: trap.pc,
      stackPointer: trap.sp, size: subject.size,
      walk: Sv39.record(
        memory: board.memory, root: trap.satp.rootTable, va: trap.value,
        access: Access(pageFault: trap.cause), privilege: .user))
  }

  private func see(_ event: UserReturn) {
    let subject = subject(satp: event.satp, hart: event.hart)
    if !bystanders.contains(subject.pid) { clock.enter(event.hart, at: event.retired) }
    guard let request = requests.removeValue(forKey: subject.key) else { return tellOfChild(on: event.hart) }
    let trap = request.trap
    if processes == nil, event.pc &- trap.pc > 4 { return spaces.forget(event.satp) }
    if let name = request.name {
      if name == "sbrk" {
        let increment = Int64(Int32(truncatingIfNeeded: trap.arguments.a0))
        if processes == nil {
          // No event: the process is not known, so the event would be taken for another process's.
          spaces.grow(event.satp, by: increment, result: event.a0)
        } else {
          tell(.sbrk(pid: subject.pid, increment: increment, result: event.a0, size: subject.size))
        }
      }
      tell(.systemCallReturned(pid: subject.pid, name: name, result: event.a0))
    } else if [12, 13, 15].contains(trap.cause) {
      let entry = board.memory.leaf(root: event.satp.rootTable, va: trap.value)
      tell(.faultServed(pid: subject.pid, address: trap.value, entry: entry ?? PTE(rawValue: 0)))
      if event.pc != trap.pc {
        tell(.instructionSkipped(pid: subject.pid, sepc: trap.pc, resumed: event.pc))
      }
    }
  }

  /// The process to which the address space of `satp` belongs.
  private func subject(satp: UInt64, hart: UInt64) -> Subject {
    if let process = processes?.process(satp: satp, hart: hart) { return Subject(process) }
    if processes != nil { return Subject(key: satp) }
    spaces.see(satp, board.memory)
    return Subject(key: satp, size: spaces.size(satp))
  }

  /// The name of the system call; nil if `trap` is another trap.
  private static func name(ofCall trap: UserTrap) -> String? {
    guard trap.cause == TrapCause.environmentCallFromUser.rawValue else { return nil }
    let number = Int32(truncatingIfNeeded: trap.arguments.a7)
    return Syscall(rawValue: number)?.name ?? "call \(number)"
  }
}

extension KernelFollower.Subject {
  fileprivate init(_ process: KernelProcesses.Process) {
    self.init(key: process.address, pid: process.pid, program: process.name, size: process.size)
  }
}

extension Dictionary {
  /// Keeps `value` under a key. If there are `most` values already and the key is new, it forgets all others.
  mutating func keep(_ value: Value, for key: Key, most: Int) {
    if count >= most, self[key] == nil { removeAll(keepingCapacity: true) }
    self[key] = value
  }
}

extension Set {
  /// Keeps `element`. If there are `most` elements already, it forgets all others.
  mutating func keep(_ element: Element, most: Int) {
    if count >= most { removeAll(keepingCapacity: true) }
    insert(element)
  }
}

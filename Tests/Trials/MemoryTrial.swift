import LabEvents
import LabPrograms
import LazySolutions
import Synchronization
import XV6FileSystem
import XV6Kernel

/// A command on the Swift kernel. It runs once for each page that it allocates, and that page is refused.
///
/// For each failing allocation: every page of RAM still has an owner or is free (`Kernel.lostPages`), the
/// machine reaches the command's end, and the kernel panics only if xv6 does. That is one case: if the first
/// process cannot load `/init`, it exits, and `exit` panics with "init exiting".
package struct MemoryTrial: Sendable, CustomStringConvertible {
  package let command: [String]
  package let solutionName: String
  /// The machine's RAM in MiB.
  package let memory: Int
  private let solution: any LabSolution
  private let disk: [UInt8]
  /// What is typed at the console.
  private let input: String
  /// The limit of instructions for a run. Only an endless loop reaches it.
  private let limit: UInt64

  package init(
    _ command: [String], solution name: String, memory: Int = 128, disk: [UInt8], typing input: String = "",
    limit: UInt64 = 4_000_000_000
  ) {
    self.command = command
    solutionName = name
    self.memory = memory
    solution = (LazySolutions.all.first { $0.name == name }?.make ?? EagerXV6.self).init()
    self.disk = disk
    self.input = input
    self.limit = limit
  }

  package var description: String { "\(command.joined(separator: " ")) under \(solutionName), \(memory) MiB" }

  /// The command with nothing refused.
  package struct Baseline: Sendable {
    package let outcome: KernelOutcome
    /// Who asked for each page, in order; the call of `kalloc` number k is `requests[k - 1]`.
    package let requests: [Request]
    /// Pages that are free when only init is left.
    package let freePages: Int
    /// Pages that are lost even if nothing is refused. If there are any, the kernel is wrong.
    package let lost: Int

    /// The allocations to refuse: all of them if there are at most `bound`. Otherwise the first and the last
    /// hundred, every 997th, and the first and the last of each `Request`. All pages of one trap after its
    /// 520th, which needed another page-table page, count as the same request.
    package func selection(everyUpTo bound: Int) -> [Int] {
      guard requests.count > bound else { return Array(1..<requests.count + 1) }
      var first: [Request: Int] = [:]
      var last: [Request: Int] = [:]
      for (index, request) in requests.enumerated() {
        var kind = request
        kind.ordinal = min(kind.ordinal, 520)
        if first[kind] == nil { first[kind] = index + 1 }
        last[kind] = index + 1
      }
      let ends = Array(1...100) + Array(requests.count - 99...requests.count)
      let steps = Array(stride(from: 997, through: requests.count, by: 997))
      return Set(ends + steps + first.values + last.values).sorted()
    }
  }

  /// Who asked for a page: a place in a program, what the kernel was doing for it, and the number of the page
  /// within that trap.
  ///
  /// At two equal requests the kernel's state differs only in how often the program's loop has run.
  package struct Request: Hashable, Sendable {
    let program: String
    let activity: String
    /// The place in the program that made the call, or touched the page.
    let pc: UInt64
    package var ordinal: Int
  }

  /// The result of a run in which one allocation failed.
  package enum Fate: Hashable, Sendable, CustomStringConvertible {
    /// The command ended, with this status.
    case ended(status: Int32)
    /// The kernel panicked as xv6 would.
    case panicked
    /// The command waits for more to be typed.
    case waits
    /// The command never ends, and did not end.
    case runs
    /// A mistake.
    case wrong(String)

    package var description: String {
      switch self {
      case .ended(let status): "exit status \(status)"
      case .panicked: "panic: init exiting"
      case .waits: "waits for input"
      case .runs: "runs on"
      case .wrong(let what): what
      }
    }
  }

  /// Runs the command to its end.
  package func baseline() throws -> Baseline {
    let log = RequestLog()
    let kernel = try kernel(failing: nil) { log.record($0) }
    log.follow(kernel)
    let outcome = kernel.run()
    return Baseline(
      outcome: outcome, requests: log.finish(), freePages: kernel.freePages, lost: kernel.lostPages().count)
  }

  /// Runs the command with allocation number `k`, from 1, refused.
  package func fate(failing k: Int, _ baseline: Baseline) throws -> Fate {
    let log = RequestLog()
    let kernel = try kernel(failing: UInt64(k)) { log.record($0) }
    let outcome = kernel.run()
    guard log.refusals > 0 else { return .wrong("the allocation was never asked for") }
    // If only init is left and all other pages are free, no page can be lost, and the slow check is not
    // needed.
    if kernel.freePages != baseline.freePages {
      let lost = kernel.lostPages().count
      if lost > 0 { return .wrong("\(lost) pages lost") }
    }
    switch outcome {
    case .finished(let status): return .ended(status: status)
    case .panicked("init exiting"): return .panicked
    case .idle where baseline.outcome == .idle: return .waits
    case .instructionLimit where baseline.outcome == .instructionLimit: return .runs
    default: return .wrong("\(outcome)")
    }
  }

  private func kernel(
    failing k: UInt64?, _ observe: @escaping @Sendable (LabEvent) -> Void
  ) throws -> Kernel {
    var configuration = KernelConfiguration(solution: solution, disk: disk)
    configuration.arguments = ["init"] + command
    configuration.memorySize = UInt64(memory) << 20
    configuration.instructionLimit = limit
    configuration.consoleLimit = 1 << 24
    configuration.consoleInput = Array(input.utf8)
    configuration.failAllocation = k
    if k == nil {
      configuration.follow = { event, _ in observe(event) }
    } else {
      configuration.observe = observe
    }
    return try Kernel(configuration)
  }
}

/// Who asked a kernel for pages, from its events.
private final class RequestLog: Sendable {
  private struct State {
    var kernel: Kernel?
    var requests: [MemoryTrial.Request] = []
    var refusals = 0
    var trap: (pid: Int32, number: UInt64, pages: Int) = (-1, 0, 0)
  }

  private let state = Mutex(State())

  var refusals: Int { state.withLock { $0.refusals } }

  /// From now on, all events come from `kernel`, on the thread that runs it.
  func follow(_ kernel: Kernel) { state.withLock { $0.kernel = kernel } }

  func record(_ event: LabEvent) {
    switch event {
    case .outOfMemory: state.withLock { $0.refusals += 1 }
    case .pageAllocated: break
    default: return
    }
    state.withLock { state in
      guard let kernel = state.kernel else { return }
      let p = kernel.myproc()
      let number = kernel.returnsToUserMode
      let isSame = state.trap.pid == p.pid && state.trap.number == number
      state.trap = (p.pid, number, isSame ? state.trap.pages + 1 : 1)
      state.requests.append(
        .init(
          program: p.name, activity: "\(kernel.activity)",
          pc: p.trapframe.address == 0 ? 0 : p.trapframe.epc, ordinal: state.trap.pages))
    }
  }

  /// Returns the requests, and releases the kernel.
  func finish() -> [MemoryTrial.Request] {
    state.withLock {
      $0.kernel = nil
      return $0.requests
    }
  }
}

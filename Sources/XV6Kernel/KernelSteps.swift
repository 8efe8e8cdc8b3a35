import Synchronization

// The bound on the solution's own code. That code is host code and retires no instructions, so its *steps*
// are counted: each call of a function of `Kernel`, and each byte that it prints. A loop that has any effect
// on the machine makes steps. The count is the same in every run, on any host.

/// Counts the steps of the kernel and of the solution.
///
/// Only the thread that has the baton counts. Any thread may read the count.
struct StepCounter: ~Copyable {
  private let count = Atomic<UInt64>(0)
  /// The last step that is allowed.
  private let limit: UInt64

  /// After the limit, functions that can throw do so. Code that catches what they throw, or that only calls
  /// functions that cannot throw, does not end by that. It gets this many steps more, and is then left
  /// behind.
  private static let grace: UInt64 = 1_000_000

  init(limit: UInt64) { self.limit = limit }

  var value: UInt64 { count.load(ordering: .relaxed) }

  /// Counts `steps` more. False if the limit is passed.
  ///
  /// A load and a store are cheaper than an atomic addition, and there is one writer only.
  @inline(__always) func add(_ steps: UInt64) -> Bool {
    let next = count.load(ordering: .relaxed) &+ steps
    count.store(next, ordering: .relaxed)
    return next <= limit
  }

  /// Whether the code that still makes steps does not end by itself.
  var isPastGrace: Bool { value &- limit > Self.grace }
}

extension Kernel {
  /// Steps since boot. It can be read from any thread. If neither this nor `returnsToUserMode` changes, the
  /// solution's own code runs without calling the kernel.
  package var stepCount: UInt64 { steps.value }

  /// Counts a step of a function that cannot throw.
  @inline(__always) func step(_ count: UInt64 = 1) {
    if !steps.add(count) { stopSteps() }
  }

  /// Counts a step. Throws if the limit is passed.
  @inline(__always) func throwingStep() throws(KernelHalt) {
    if !steps.add(1) {
      stopSteps()
      throw .stopped
    }
  }

  /// The limit is passed: ends the machine. If the running code goes on all the same, leaves its thread
  /// behind, asleep for ever, and gives the hart back to `run()`, which then returns as always.
  private func stopSteps() {
    halt(.stepLimit)
    guard steps.isPastGrace, let p = current, let thread = p.thread, !p.threadEnded else { return }
    thread.detach()
    p.thread = nil
    p.threadEnded = true
    caller.pass()
    let never = Baton()
    while true { never.take() }
  }
}

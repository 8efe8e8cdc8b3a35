import Foundation

/// Runs independent jobs side by side and delivers their results in order. Each result is delivered as soon
/// as it and all results before it are ready.
///
/// Results come in the order of the jobs, for any number of workers. So the printed bytes are always the
/// same.
package struct OrderedResults<Result: Sendable>: Sendable {
  private struct State {
    var next = 0
    var finished: [Int: Swift.Result<Result, any Error>] = [:]
    var abandoned = false
  }

  /// Calls `job` for 0..<`count` on up to `workers` threads, and calls `deliver` in order on the calling
  /// thread.
  ///
  /// The first error, in the order of the jobs, ends the run. Jobs under way are finished, but no new job
  /// begins.
  package static func run(
    count: Int, workers: Int, job: @escaping @Sendable (Int) throws -> Result,
    deliver: (Int, Result) throws -> Void
  ) throws {
    let shared = Shared()
    for _ in 0..<max(1, min(workers, count)) {
      let thread = Thread { shared.work(count: count, job) }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for index in 0..<count {
      do {
        try deliver(index, shared.take(index).get())
      } catch {
        shared.abandon()
        throw error
      }
    }
  }

  /// The state that the workers and the caller share. `lock` guards it: the thread sanitizer understands this
  /// lock, but not Swift's own `Mutex`.
  private final class Shared: @unchecked Sendable {
    private var state = State()
    private let lock = NSCondition()

    func work(count: Int, _ job: (Int) throws -> Result) {
      while let index = nextJob(below: count) {
        let result = Swift.Result<Result, any Error> { try job(index) }
        lock.withLock { state.finished[index] = result }
        lock.signal()
      }
    }

    private func nextJob(below count: Int) -> Int? {
      lock.withLock {
        guard !state.abandoned, state.next < count else { return nil }
        defer { state.next += 1 }
        return state.next
      }
    }

    /// Waits until job `index` is done.
    func take(_ index: Int) -> Swift.Result<Result, any Error> {
      lock.withLock {
        while true {
          if let result = state.finished.removeValue(forKey: index) { return result }
          lock.wait()
        }
      }
    }

    func abandon() { lock.withLock { state.abandoned = true } }
  }
}

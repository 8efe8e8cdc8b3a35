import Foundation

/// What this process has made on the host and must not leave behind: temporary folders, and processes that
/// it started. They go when the process exits, and when SIGINT, SIGTERM or SIGHUP ends it.
package enum Leftovers {
  /// A process that this process started, or the group that it leads.
  package enum Child: Sendable, Hashable {
    case process(pid_t)
    case group(pid_t)

    fileprivate func end() {
      switch self {
      case .process(let number): kill(number, SIGKILL)
      case .group(let number): kill(-number, SIGKILL)
      }
    }
  }

  private struct State {
    var folders: Set<String> = []
    var children: Set<Child> = []
    /// Whether a signal is ending this process.
    var isEnding = false
  }

  // This is an `NSLock` because the thread sanitizer understands it, but not Swift's own `Mutex`.
  private static let lock = NSLock()
  nonisolated(unsafe) private static var state = State()

  /// The folder at `path` is removed, with all that is in it, if this process ends.
  static func add(folder path: String) {
    watchEnd
    lock.withLock { _ = state.folders.insert(path) }
  }

  /// Removes the folder now.
  static func remove(folder path: String) {
    try? FileManager.default.removeItem(atPath: path)
    lock.withLock { _ = state.folders.remove(path) }
  }

  /// `child` is killed if this process ends.
  package static func add(_ child: Child) {
    watchEnd
    lock.withLock { _ = state.children.insert(child) }
  }

  /// `child` has ended. If that is because a signal ends this process, this function does not return: what
  /// the child did says nothing.
  package static func remove(_ child: Child) {
    waitIfEnding()
    lock.withLock { _ = state.children.remove(child) }
  }

  private static func waitIfEnding() {
    while lock.withLock({ state.isEnding }) { pause() }
  }

  /// Kills and removes everything.
  private static func clear() {
    let state = lock.withLock {
      defer { Self.state = State(isEnding: Self.state.isEnding) }
      return Self.state
    }
    for child in state.children { child.end() }
    for folder in state.folders { try? FileManager.default.removeItem(atPath: folder) }
  }

  /// Clears, and ends this process as the signal `number` does.
  package static func end(by number: Int32) -> Never {
    lock.withLock { state.isEnding = true }
    clear()
    signal(number, SIG_DFL)
    kill(getpid(), number)
    // The signal may be blocked in this process. A shell reports a signal with this status.
    _exit(128 + number)
  }

  /// Prepares the end of the process. This is done once, when there is something to leave behind.
  ///
  /// A signal handler may do very little. So it wakes a thread, and the thread clears. A signal that the
  /// process ignores (`nohup`) stays ignored.
  private static let watchEnd: Void = {
    atexit {
      Leftovers.waitIfEnding()
      Leftovers.clear()
    }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    alarm = ends[1]
    let ear = ends[0]
    let numbers = [SIGINT, SIGTERM, SIGHUP]
    for number in numbers {
      var old = sigaction()
      sigaction(number, nil, &old)
      if !isIgnored(old) { signal(number, ring) }
    }
    Thread {
      // Who started this process may have left these signals blocked.
      var set = sigset_t()
      sigemptyset(&set)
      for number in numbers { sigaddset(&set, number) }
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      var number: UInt8 = 0
      while read(ear, &number, 1) != 1 {}
      Leftovers.end(by: Int32(number))
    }.start()
  }()

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
      unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 1
    #else
      unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    #endif
  }
}

/// Where the handler writes the number of its signal.
nonisolated(unsafe) private var alarm: Int32 = -1

private func ring(_ number: Int32) {
  let before = errno
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(alarm, &byte, 1)
  errno = before
}

import Foundation

/// Runs a program of the host to its end, with limits of processor time and of memory. Children of the
/// program have the same limits, and end with it.
///
/// The limits are the host's own (`setrlimit`), one set for each process. They do not depend on how busy the
/// host is. macOS does not enforce the limit of memory. The wall clock only ends what sleeps: a program that
/// is not done after ten times its limit is ended, and nothing is said about it but that the host failed.
package struct LimitedProgram: Sendable {
  package let path: String
  /// Seconds of processor time.
  package let seconds: Int
  /// MiB of address space.
  package let memoryMiB: Int

  package init(path: String, seconds: Int, memoryMiB: Int) {
    self.path = path
    self.seconds = seconds
    self.memoryMiB = memoryMiB
  }

  /// How the program ended, and the beginning of what it wrote to standard output and standard error.
  package struct End: Sendable {
    /// Whether the program exited with status 0.
    package var succeeded: Bool
    /// Whether the program, or a child of it, used up its processor time.
    package var ranOutOfTime: Bool
    package var output: String
  }

  /// The most bytes of output that are kept.
  package static let keptOutput = 64 << 10

  /// Runs the program with `arguments`. Its output goes to the new file `log`; its own temporary files go
  /// to the folder of that file.
  package func run(_ arguments: [String], log: URL) throws(HostFailure) -> End {
    let pid = try spawn(arguments, log: log)
    Leftovers.add(.group(pid))
    defer { Leftovers.remove(.group(pid)) }
    // The group is killed before its leader's number can be given to another process.
    let isOver = waitForEnd(of: pid)
    kill(-pid, SIGKILL)
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) < 0 && errno == EINTR {}
    guard isOver else {
      throw HostFailure(
        description: "\(path) was not done after \(patience) s, and was ended: the machine is too slow")
    }
    let used = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    let bytes = HostFile.beginning(of: log.path, count: Self.keptOutput + 1) ?? []
    let output = VisibleText.prefix(String(decoding: bytes, as: UTF8.self), bytes: Self.keptOutput)
    return End(
      succeeded: status == 0, ranOutOfTime: status != 0 && used >= Self.exhausted * Double(seconds),
      output: output)
  }

  /// After so many seconds on the wall clock, a program that is not done is asleep.
  private var patience: Int { 10 * seconds }

  /// Waits until the program has ended, but leaves its number in use. False if it does not end.
  private func waitForEnd(of pid: pid_t) -> Bool {
    let end = ContinuousClock.now.advanced(by: .seconds(patience))
    while true {
      if ChildProcess.hasEnded(pid) { return true }
      if ContinuousClock.now >= end { return false }
      usleep(20_000)
    }
  }

  /// The host counts the limit in ticks, and the time that was used more exactly. On a busy host they
  /// differ, so a program that failed and used this part of its limit has reached it.
  private static let exhausted = 0.5

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// Starts a shell that sets the limits and then becomes the program, in a process group of its own.
  private func spawn(_ arguments: [String], log: URL) throws(HostFailure) -> pid_t {
    let temporary = log.deletingLastPathComponent().path
    let script =
      "export TMPDIR=\"$1\"; shift; ulimit -v \(memoryMiB << 10) 2>/dev/null; "
      + "ulimit -t \(seconds) && exec \"$0\" \"$@\""
    let words = ["/bin/sh", "-c", script, path, temporary] + arguments
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    let failure = posix_spawn(&pid, words[0], &actions, &attributes, &argv, environ)
    guard failure == 0 else {
      throw HostFailure(description: "\(path) cannot be started (\(String(cString: strerror(failure))))")
    }
    return pid
  }
}

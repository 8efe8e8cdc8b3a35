import Foundation

/// Runs a program in a process of its own, talks to it through pipes, and measures it.
struct ChildProcess {
  /// Everything that it wrote to standard output.
  var output: [UInt8] = []
  /// The status as a shell shows it, or nil if this process ended it.
  var status: Int32?
  var measurement: Measurement

  /// Runs the program at `path` until it ends, or until `converse` says `.done`. If neither happens within
  /// `seconds` of wall time, that is an error. It shares our standard error.
  ///
  /// `converse` gets what the program writes to its standard output, and returns what to answer.
  init(
    _ path: String, _ arguments: [String], seconds: Double,
    converse: ([UInt8]) -> Conversation.Reply = { _ in .none }
  ) throws {
    let (toChild, fromChild) = (try Pipe.open(), try Pipe.open())
    defer {
      close(fromChild.reading)
      close(toChild.writing)
    }
    let pid = try Self.start(path, arguments, input: toChild, output: fromChild)
    close(toChild.reading)
    close(fromChild.writing)

    let deadline = Date(timeIntervalSinceNow: seconds)
    var isDone = false
    var isLate = false
    while !isDone && !isLate {
      guard let bytes = Self.read(fromChild.reading, until: deadline) else {
        isLate = true
        break
      }
      if bytes.isEmpty { break }
      output += bytes
      switch converse(bytes) {
      case .none: break
      case .type(let bytes): Self.write(bytes, to: toChild.writing)
      case .done: isDone = true
      }
    }
    if isDone || isLate { kill(pid, SIGKILL) }
    var usage = rusage()
    var ending: Int32 = 0
    while wait4(pid, &ending, 0, &usage) < 0 && errno == EINTR {}
    guard !isLate else { throw HostTrouble("\(path): not done after \(Int(seconds)) seconds") }
    measurement = Measurement(usage)
    // The low seven bits hold the signal that ended it, or 0.
    if !isDone { status = ending & 0x7F == 0 ? ending >> 8 & 0xFF : 128 + ending & 0x7F }
  }

  private struct Pipe {
    var reading, writing: Int32

    static func open() throws(HostTrouble) -> Pipe {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { throw HostTrouble("pipe: \(String(cString: strerror(errno)))") }
      // These ends must not be passed on to another child process.
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return Pipe(reading: ends[0], writing: ends[1])
    }
  }

  private static func start(_ path: String, _ arguments: [String], input: Pipe, output: Pipe)
    throws(HostTrouble)
    -> pid_t
  {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.reading, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let error = posix_spawn(&pid, path, &actions, nil, &words, environ)
    guard error == 0 else { throw HostTrouble("\(path): \(String(cString: strerror(error)))") }
    return pid
  }

  /// The bytes that can be read now; empty at the end of the output; nil if the deadline comes first.
  private static func read(_ descriptor: Int32, until deadline: Date) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = deadline.timeIntervalSinceNow
      guard left > 0 else { return nil }
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wanted, 1, Int32(min(left, 1000) * 1000) + 1) > 0 else { continue }
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count >= 0 { return Array(buffer[..<count]) }
      if errno != EINTR { return [] }
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
    }
  }
}

/// The host, or a program on it, failed to do what a measurement needs.
package struct HostTrouble: Error, CustomStringConvertible {
  package var description: String
  init(_ description: String) { self.description = description }
}

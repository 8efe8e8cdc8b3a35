import Foundation
import Synchronization

/// Standard input where it is no terminal: a line at a time, read when the guest waits for one.
///
/// What is typed and when then depends on the guest and on the bytes alone, not on how soon the host hands them over, so that
/// a run with the same input is the same run.
package final class PipedInput: Sendable {
  private struct State {
    /// What was read and is not yet handed out.
    var bytes: [UInt8] = []
    var hasEnded = false
  }

  /// Bytes of a line that are handed out together; what is longer comes in pieces, so that no input fills the host.
  package static let longestLine = 1 << 16

  private let descriptor: Int32
  private let state = Mutex(State())

  package init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  /// The next line, its newline included; the rest where the input ends without one. Waits for it, but no longer than
  /// `seconds` for each piece, where they are given. Nil at the end, or where no line has come in time.
  package func line(within seconds: Double? = nil) -> [UInt8]? {
    state.withLock { state in
      while true {
        let line = state.bytes.prefix(Self.longestLine)
        if let end = line.firstIndex(of: UInt8(ascii: "\n")) { return Self.take(end + 1, &state) }
        if line.count == Self.longestLine { return Self.take(line.count, &state) }
        if state.hasEnded { return state.bytes.isEmpty ? nil : Self.take(state.bytes.count, &state) }
        guard read(&state, within: seconds) else { return nil }
      }
    }
  }

  /// Whether everything has been handed out, as far as can be told without waiting.
  package var isAtEnd: Bool {
    state.withLock { state in
      if state.bytes.isEmpty && !state.hasEnded { _ = read(&state, within: 0) }
      return state.bytes.isEmpty && state.hasEnded
    }
  }

  private static func take(_ count: Int, _ state: inout State) -> [UInt8] {
    defer { state.bytes.removeFirst(count) }
    return Array(state.bytes[..<count])
  }

  /// Reads once; false where nothing was there in time. A read that fails ends the input.
  private func read(_ state: inout State, within seconds: Double?) -> Bool {
    if let seconds {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&request, 1, Int32(seconds * 1000)) > 0 else { return false }
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count > 0 {
        state.bytes += buffer[..<count]
      } else if count < 0 && errno == EINTR {
        continue
      } else {
        state.hasEnded = true
      }
      return true
    }
  }
}

import Foundation
import Synchronization

/// Standard input that is not a terminal. It is read one line at a time, when the guest waits for a line.
///
/// So only the guest and the bytes decide what is typed and when. It does not matter how fast the host
/// delivers the bytes: a run with the same input is the same run.
package final class PipedInput: Sendable {
  private struct State {
    /// Bytes that were read and have not been handed out yet.
    var bytes: [UInt8] = []
    var hasEnded = false
  }

  /// The most bytes of a line that are handed out together. A longer line comes in pieces, so that no input
  /// can fill the host's memory.
  package static let longestLine = 1 << 16

  private let descriptor: Int32
  private let state = Mutex(State())

  package init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  /// Returns the next line with its newline. If the input ends without a newline, returns the rest. Waits for
  /// the line, but at most `seconds` for each piece if they are given. Nil at the end of the input, or if no
  /// line has come in time.
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

  /// Whether everything has been handed out, as far as this is known without waiting.
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

  /// Reads once. Returns false if nothing came in time. A read that fails ends the input.
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

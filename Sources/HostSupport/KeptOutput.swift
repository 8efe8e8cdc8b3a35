import Foundation

/// What a child process writes. All of it is read, so that the child never waits, but only its beginning and
/// its end are kept.
package final class KeptOutput: @unchecked Sendable {
  private let pipe = Pipe()
  private let most: Int
  private let ended = DispatchSemaphore(value: 0)
  // `lock` guards the rest.
  private let lock = NSLock()
  private var first: [UInt8] = []
  private var last: [UInt8] = []
  private var leftOut = 0

  /// `most` is how many bytes are kept of the beginning, and how many of the end.
  package init(keeping most: Int) {
    self.most = most
    Thread { [self] in
      var buffer = [UInt8](repeating: 0, count: 1 << 14)
      while true {
        let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
        if count > 0 { keep(buffer[..<count]) } else if count == 0 || errno != EINTR { break }
      }
      ended.signal()
    }.start()
  }

  /// The end for the child to write to.
  package var writer: FileHandle { pipe.fileHandleForWriting }

  /// The text, after the child has ended. A process that the child left behind may still hold the pipe: it is
  /// not waited for.
  package func finish() -> String {
    try? writer.close()
    _ = ended.wait(timeout: .now() + .seconds(2))
    return lock.withLock {
      let gap = leftOut > 0 ? "\n[... \(grouped(UInt64(leftOut))) bytes left out ...]\n" : ""
      return String(decoding: first + gap.utf8 + last, as: UTF8.self)
    }
  }

  private func keep(_ piece: ArraySlice<UInt8>) {
    lock.withLock {
      let room = min(piece.count, most - first.count)
      first += piece.prefix(room)
      last += piece.dropFirst(room)
      guard last.count > most else { return }
      leftOut += last.count - most
      last.removeFirst(last.count - most)
    }
  }
}

import Synchronization

/// Gives bytes a few at a time, until there are no more.
final class PiecewiseInput: Sendable {
  private let rest: Mutex<ArraySlice<UInt8>>
  private let size: Int

  init(_ bytes: ArraySlice<UInt8>, _ size: Int) {
    rest = Mutex(bytes)
    self.size = size
  }

  /// The next bytes, or nil at the end.
  func next() -> [UInt8]? {
    rest.withLock { rest in
      guard !rest.isEmpty else { return nil }
      defer { rest = rest.dropFirst(size) }
      return Array(rest.prefix(size))
    }
  }
}

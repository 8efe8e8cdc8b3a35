import LabEvents

/// A page fault as a timeline shows it.
package struct FaultMark: Sendable, Equatable, Codable {
  /// Retired user instructions since the workload began.
  package var moment: UInt64
  package var address: UInt64
}

/// When page faults happened, and at which addresses. The log keeps all faults if they are few, and one in
/// `every` if they are many.
package struct FaultLog: Sendable, Equatable, Codable {
  package static let limit = 512

  package private(set) var marks: [FaultMark] = []
  package private(set) var every = 1
  private var count = 0

  /// Whether `add` could have made these values.
  package var isSound: Bool { every > 0 && marks.count <= Self.limit }

  package mutating func add(_ mark: FaultMark) {
    defer { count += 1 }
    guard count % every == 0 else { return }
    if marks.count == Self.limit {
      marks = stride(from: 0, to: marks.count, by: 2).map { marks[$0] }
      every *= 2
      guard count % every == 0 else { return }
    }
    marks.append(mark)
  }
}

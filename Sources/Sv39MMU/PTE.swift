/// An Sv39 page-table entry (privileged specification, "Sv39: Page-Based 39-bit Virtual-Memory System").
public struct PTE: RawRepresentable, Sendable, Equatable {
  public var rawValue: UInt64
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
}

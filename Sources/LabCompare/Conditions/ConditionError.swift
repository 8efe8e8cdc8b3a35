/// What is wrong with a condition, and where.
package struct ConditionError: Error, Equatable, CustomStringConvertible {
  /// The position of the wrong character, counted from 1.
  package var column: Int
  package var reason: String

  package var description: String { "column \(column): \(reason)" }
}

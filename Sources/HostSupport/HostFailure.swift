/// The host could not give a machine what it needs. This says nothing about the solution.
package struct HostFailure: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) { self.description = description }
}

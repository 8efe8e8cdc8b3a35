/// The host could not give a machine what it needs: no verdict on the solution.
package struct HostFailure: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) { self.description = description }
}

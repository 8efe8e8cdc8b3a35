/// The command or its input was wrong: one clear line, exit status 2.
package struct InputError: Error, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

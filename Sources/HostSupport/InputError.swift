/// The command or its input was wrong. It is reported in one clear line, with exit status 2.
package struct InputError: Error, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

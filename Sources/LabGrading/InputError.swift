/// The command or its input was wrong: one clear line, exit status 2.
public struct InputError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}

import XV6Kernel

/// A solution with one planted mistake. It tests whether the grader finds the mistake and names it correctly.
public struct Mutant: Sendable {
  public let name: String
  /// Its mistake in the catalogue.
  public let mistake: String
  /// One test that finds it, for callers that cannot run all tests; nil if no single test does.
  public let decisive: String?
  public let make: any LabSolution.Type

  init(_ name: String, _ mistake: String, by decisive: String?, _ make: any LabSolution.Type) {
    self.name = name
    self.mistake = mistake
    self.decisive = decisive
    self.make = make
  }
}

/// Every planted mistake, in the order of the lab's functions: `sbrk`, the page fault, `uvmunmap`, `uvmcopy`,
/// `walkaddr` and the copies.
public enum LazyMutants {
  /// Every mutant is this solution, except for its mistake.
  public static let unchanged: any LabSolution.Type = Stepwise.self

  /// Each file of this folder has its own list.
  public static let all: [Mutant] =
    growth + shrink + faults + pages + unmap + fork + systemCalls
}

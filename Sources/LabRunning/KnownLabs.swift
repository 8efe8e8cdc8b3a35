import LabDiagnosis
import LazyDiagnosis

/// The labs whose mistakes are known: the one place that lists them.
package enum KnownLabs {
  private static let all: [String: any LabKnowledge] = ["lazy": LazyKnowledge()]

  /// What the lab called `name` knows of itself; nil if it has no diagnosis of its own.
  package static func knowledge(of name: String) -> (any LabKnowledge)? { all[name] }
}

import HostSupport
import LazyMutants
import LazyVariants
import Submissions

/// What the grader is examined with: solutions of which it is known what they deserve.
package struct ExamPaper: Sendable {
  /// One question: a solution, and the answer that is right.
  package struct Question: Sendable {
    package let name: String
    /// The catalogue's mistake that is planted in it; nil in a correct solution.
    package let mistake: String?
    /// A test that sees the mistake, for those who cannot run them all; nil where no test alone does, and in a
    /// correct solution.
    package let decisive: String?
    let solution: Solution
  }

  package let questions: [Question]

  /// Every planted mistake, then every correct solution.
  package static var all: ExamPaper {
    let mutants = LazyMutants.all.map {
      Question(
        name: $0.name, mistake: $0.mistake, decisive: $0.decisive,
        solution: .builtIn(name: $0.name, summary: $0.mistake, make: $0.make))
    }
    let correct = [("stepwise", "the reference in steps", LazyMutants.unchanged)] + LazyVariants.all
    let variants = correct.map {
      Question(
        name: $0.0, mistake: nil, decisive: nil, solution: .builtIn(name: $0.0, summary: $0.1, make: $0.2))
    }
    return ExamPaper(questions: mutants + variants)
  }

  /// The questions of these names, in the paper's order.
  package func only(_ names: [String]) throws(InputError) -> ExamPaper {
    let known = Set(questions.map(\.name))
    if let name = names.first(where: { !known.contains($0) }) {
      throw InputError("no solution of the examination is called \"\(name)\" (labrunner list mutants)")
    }
    return ExamPaper(questions: questions.filter { names.contains($0.name) })
  }
}

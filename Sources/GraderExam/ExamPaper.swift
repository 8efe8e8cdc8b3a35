import HostSupport
import LazyMutants
import LazyVariants
import Submissions

/// The questions of the grader's exam: solutions for which the right result is known.
package struct ExamPaper: Sendable {
  /// One question: a solution and the right answer.
  package struct Question: Sendable {
    package let name: String
    /// The mistake of the catalogue that is planted in the solution; nil if the solution is correct.
    package let mistake: String?
    /// A test that sees the mistake, for a run that cannot do all the tests. Nil if no single test sees it,
    /// and nil in a correct solution.
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

  /// The questions with these names, in the paper's order.
  package func only(_ names: [String]) throws(InputError) -> ExamPaper {
    let known = Set(questions.map(\.name))
    if let name = names.first(where: { !known.contains($0) }) {
      throw InputError("no solution of the examination is called \"\(name)\" (labrunner list mutants)")
    }
    return ExamPaper(questions: questions.filter { names.contains($0.name) })
  }
}

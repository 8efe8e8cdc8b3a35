import HostSupport
import LabGrading
import LabModel

/// An exam for the grader itself: it grades solutions for which the right result is known.
package struct Exam: Sendable {
  /// The grader's answer to one question.
  package struct Answer: Sendable, Equatable {
    /// The solution's name.
    package var solution: String
    /// The mistake that is planted in the solution; nil if the solution is correct.
    package var planted: String?
    /// The tests with points that the solution lost, in the lab's order.
    package var lost: [Loss] = []

    /// A lost test, and the mistake that its explanation names first; nil if the explanation names no
    /// mistake.
    package struct Loss: Sendable, Codable, Equatable {
      package var test: String
      package var isExtra: Bool
      package var diagnosed: String?
    }

    package enum Mark: String, Sendable, Codable {
      case right
      /// The mistake lost no point.
      case survived
      /// The mistake lost a point, but the explanation named another mistake, or none.
      case misnamed
      /// A correct solution lost a point.
      case wronged
    }

    /// The mistake that the explanation of the first lost test names first.
    package var diagnosed: String? { lost.first?.diagnosed }

    /// The lost tests whose explanations first name a mistake that is not the planted one.
    package var misnamed: [Loss] { lost.filter { $0.diagnosed != planted } }

    package var mark: Mark {
      guard planted != nil else { return lost.isEmpty ? .right : .wronged }
      return lost.isEmpty ? .survived : diagnosed == planted ? .right : .misnamed
    }
  }

  let lab: Lab
  let paper: ExamPaper
  /// Names of the tests to run; nil for all tests, with the extra ones.
  let tests: [String]?
  /// Whether a solution runs no more tests after it has lost a test with points.
  let onlyFirst: Bool
  /// How many solutions are graded at the same time.
  let jobs: Int

  /// A test is lost after this many instructions. Every test that can be passed takes fewer instructions,
  /// traps included, and many mutants run for ever.
  private static let instructions: UInt64 = 50_000_000

  package init(
    lab: Lab, paper: ExamPaper = .all, tests: [String]? = nil, onlyFirst: Bool = false, jobs: Int = 1
  ) {
    var lab = lab
    lab.limits.instructions = min(lab.limits.instructions, Self.instructions)
    self.lab = lab
    self.paper = paper
    self.tests = tests
    self.onlyFirst = onlyFirst
    self.jobs = jobs
  }

  /// Runs every question. `deliver` gets each answer in the paper's order, as soon as the answer is there.
  package func run(deliver: (Answer) throws -> Void) throws {
    try OrderedResults.run(
      count: paper.questions.count, workers: jobs,
      job: { index in try answer(paper.questions[index]) },
      deliver: { try deliver($1) })
  }

  private func answer(_ question: ExamPaper.Question) throws -> Answer {
    var answer = Answer(solution: question.name, planted: question.mistake)
    let grader = Grader(lab: lab, solution: question.solution, tests: tests, extra: true)
    do {
      try grader.run { result in
        guard !result.passed, result.test.points > 0 else { return }
        answer.lost.append(
          .init(
            test: result.test.name, isExtra: result.test.isExtra,
            diagnosed: result.diagnosis?.mistakes.first?.id))
        if onlyFirst { throw Enough() }
      }
    } catch is Enough {}
    return answer
  }

  /// Ends a solution's grading early: enough is known about it.
  private struct Enough: Error {}
}

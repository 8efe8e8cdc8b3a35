import HostSupport
import LabGrading
import LabModel

/// The grader's own examination: it grades solutions of which it is known what they deserve.
package struct Exam: Sendable {
  /// The grader's answer to one question.
  package struct Answer: Sendable, Equatable {
    /// The solution's name.
    package var solution: String
    /// The mistake that is planted in it; nil in a correct one.
    package var planted: String?
    /// The tests with points that it lost, in the lab's order.
    package var lost: [Loss] = []

    /// A lost test, and the mistake that its explanation names first; nil where it names none.
    package struct Loss: Sendable, Codable, Equatable {
      package var test: String
      package var isExtra: Bool
      package var diagnosed: String?
    }

    package enum Mark: String, Sendable, Codable {
      case right
      /// The mistake lost no point.
      case survived
      /// It did, and the explanation named another, or none.
      case misnamed
      /// A correct solution lost a point.
      case wronged
    }

    /// The mistake that the explanation of the first lost test names first.
    package var diagnosed: String? { lost.first?.diagnosed }

    /// The lost tests whose explanations name something else first than what is planted.
    package var misnamed: [Loss] { lost.filter { $0.diagnosed != planted } }

    package var mark: Mark {
      guard planted != nil else { return lost.isEmpty ? .right : .wronged }
      return lost.isEmpty ? .survived : diagnosed == planted ? .right : .misnamed
    }
  }

  let lab: Lab
  let paper: ExamPaper
  /// Names of the tests to run; nil for all, extra ones too.
  let tests: [String]?
  /// Whether a planted mistake is left alone once it has lost a test with points.
  let onlyFirst: Bool
  /// Solutions that are graded side by side.
  let jobs: Int

  /// Instructions after which a test is lost: every test that can be passed takes less, traps
  /// included, and mutants that run for ever are many.
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

  /// Runs every question; `deliver` gets each answer in the paper's order, as soon as it is in.
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

  /// What is to be known of a solution is known.
  private struct Enough: Error {}
}

import HostSupport
import LabModel
import LazyDiagnosis
import Testing

@testable import GraderExam

/// The grader sees planted mistakes and names them. These tests try some mistakes, each with the test that
/// shows it soonest. `labrunner selftest` tries all mistakes with all tests.
@Suite struct ExamTests {
  private static let mutants = ExamPaper.all.questions.filter { $0.mistake != nil }
  private static let quick = mutants.filter { $0.decisive != nil }
  /// In a debug build, each of these takes seconds.
  private static let sample = [
    "loads-unhandled", "guard-page-opened", "fork-panics-at-hole", "copyout-pays-nothing",
  ]
  private static let correct = ExamPaper.all.questions.filter { $0.mistake == nil }

  private static func answer(_ question: ExamPaper.Question, _ tests: [String]) throws -> Exam.Answer {
    let exam = try Exam(
      lab: LabCatalogue.lab("lazy"), paper: ExamPaper.all.only([question.name]), tests: tests)
    var answers: [Exam.Answer] = []
    try exam.run { answers.append($0) }
    return try #require(answers.first)
  }

  @Test(arguments: sample) func mistakesAreSeenAndNamed(_ name: String) throws {
    let question = try #require(Self.quick.first { $0.name == name })
    let decisive = try #require(question.decisive)
    let answer = try Self.answer(question, [decisive])
    #expect(answer.mark == .right, "\(decisive) takes it for \(answer.diagnosed ?? "nothing")")
  }

  @Test(arguments: ["stepwise", "ranges-of-heap"])
  func correctSolutionsLoseNothing(_ name: String) throws {
    let question = try #require(Self.correct.first { $0.name == name })
    let answer = try Self.answer(
      question,
      ["map", "unmap", "sbrkarg", "stacktest", "heap-stack", "shrink-holes"])
    #expect(answer.lost == [])
  }

  @Test func thePaperIsLargeEnough() throws {
    #expect(Self.mutants.count >= 50 && Self.correct.count >= 10)
    #expect(Set(ExamPaper.all.questions.map(\.name)).count == ExamPaper.all.questions.count)
    let lab = try LabCatalogue.lab("lazy")
    let tests = Set((lab.tests + lab.extra).map(\.name))
    #expect(Self.quick.count > Self.mutants.count - 5)
    for question in Self.quick { #expect(tests.contains(question.decisive ?? "")) }
  }

  @Test func everyMistakeOfTheCatalogueIsPlantedAndNoOther() {
    // No solution in Swift can make this one: wait() is not the solution's. Kernels of labs/guests make it.
    let planted = Set(MistakeCatalogue.mistakes.map(\.id)).subtracting(["wait-status-lost"])
    #expect(Set(Self.mutants.compactMap(\.mistake)) == planted)
  }

  @Test func anUnknownNameIsTold() {
    #expect(throws: InputError.self) { try ExamPaper.all.only(["no-such-mutant"]) }
  }
}

extension ExamPaper.Question: CustomTestStringConvertible {
  public var testDescription: String { name }
}

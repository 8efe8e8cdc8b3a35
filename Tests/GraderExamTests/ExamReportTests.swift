import Foundation
import Testing

@testable import GraderExam

/// The report of an examination, for each of its outcomes.
@Suite struct ExamReportTests {
  private static func answer(
    _ planted: String?, official: [String?] = [], extra: [String?] = []
  ) -> Exam.Answer {
    let lost =
      official.map { Exam.Answer.Loss(test: "map", isExtra: false, diagnosed: $0) }
      + extra.map { .init(test: "refused", isExtra: true, diagnosed: $0) }
    return Exam.Answer(solution: "s", planted: planted, lost: lost)
  }

  @Test(arguments: [
    (answer("a", official: ["a"]), Exam.Answer.Mark.right, "s: a; lost 1 official, 0 extra"),
    (
      answer("a", official: ["a"], extra: [nil]), .right,
      "s: a; lost 1 official, 1 extra; something else first in refused (nothing)"
    ),
    (
      answer("a", official: ["b"], extra: ["a"]), .misnamed,
      "s: a; lost 1 official, 1 extra; MISNAMED; something else first in map (b)"
    ),
    (answer("a"), .survived, "s: a; SURVIVED"),
    (answer(nil), .right, "s: correct; lost nothing"),
    (answer(nil, extra: [nil]), .wronged, "s: correct; WRONGED in refused"),
  ])
  func marksAndLines(_ answer: Exam.Answer, _ mark: Exam.Answer.Mark, _ line: String) {
    #expect(answer.mark == mark)
    #expect(ExamReport.line(answer) == line)
    #expect(ExamReport([answer]).isPassed == (mark == .right))
  }

  @Test func theTable() {
    let report = ExamReport([
      Self.answer("a", official: ["a"], extra: ["a"]), Self.answer("a", extra: ["b"]), Self.answer("c"),
      Self.answer(nil),
    ])
    #expect(
      report.lines == [
        "planted mistake           mutants official extra only missed diagnosed first",
        "a                         2       1        1          0      a, b",
        "c                         1       0        0          1      ",
        "",
        "Planted mistakes: 3, of 2 kinds. The official tests catch 1, with the extra tests 2.",
        "Named rightly: 1 of 3 in the first lost test, 2 of 3 in all lost tests.",
        "Correct solutions: 1, of which 0 lost a point.",
      ])
  }

  @Test func theJSON() throws {
    let json = ExamReport([Self.answer("a", official: ["b"])]).json
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    #expect(object?["passed"] as? Bool == false)
    let answer = (object?["answers"] as? [[String: Any]])?.first
    #expect(answer?["mark"] as? String == "misnamed")
    #expect(answer?["diagnosed"] as? String == "b")
  }
}

import Foundation

/// How well the grader did, as text and as JSON.
package struct ExamReport: Sendable {
  private let answers: [Exam.Answer]

  package init(_ answers: [Exam.Answer]) { self.answers = answers }

  private var mutants: [Exam.Answer] { answers.filter { $0.planted != nil } }
  private var correct: [Exam.Answer] { answers.filter { $0.planted == nil } }

  /// Whether all of the grader's answers are right.
  package var isPassed: Bool { answers.allSatisfy { $0.mark == .right } }

  /// One answer as a line of text.
  package static func line(_ answer: Exam.Answer) -> String {
    guard let planted = answer.planted else {
      let tests = answer.lost.map(\.test).joined(separator: ", ")
      return "\(answer.solution): correct; " + (answer.lost.isEmpty ? "lost nothing" : "WRONGED in \(tests)")
    }
    let extra = answer.lost.filter(\.isExtra).count
    var line = "\(answer.solution): \(planted); "
    if answer.lost.isEmpty { return line + "SURVIVED" }
    line += "lost \(answer.lost.count - extra) official, \(extra) extra"
    let others = answer.misnamed.map { "\($0.test) (\($0.diagnosed ?? "nothing"))" }
    if answer.mark == .misnamed { line += "; MISNAMED" }
    return others.isEmpty ? line : line + "; something else first in " + others.joined(separator: ", ")
  }

  /// The confusion table, with one line for each planted mistake, and the totals.
  package var lines: [String] {
    var lines = [row("planted mistake", "mutants", "official", "extra only", "missed", "diagnosed first")]
    for planted in planted {
      let mine = mutants.filter { $0.planted == planted }
      lines.append(
        row(
          planted, "\(mine.count)", "\(mine.filter(isCaughtOfficially).count)",
          "\(mine.filter(isCaughtByExtraOnly).count)", "\(mine.filter { $0.mark == .survived }.count)",
          named(in: mine)))
    }
    let tests = mutants.reduce(0) { $0 + $1.lost.count }
    let rightly = tests - mutants.reduce(0) { $0 + $1.misnamed.count }
    lines += [
      "",
      "Planted mistakes: \(mutants.count), of \(planted.count) \(planted.count == 1 ? "kind" : "kinds")."
        + " The official tests catch"
        + " \(mutants.filter(isCaughtOfficially).count), with the extra tests"
        + " \(mutants.filter { $0.mark != .survived }.count).",
      "Named rightly: \(mutants.filter { $0.mark == .right }.count) of \(mutants.count)"
        + " in the first lost test"
        + (mutants.contains { $0.lost.count > 1 } ? ", \(rightly) of \(tests) in all lost tests." : "."),
      "Correct solutions: \(correct.count), of which"
        + " \(correct.filter { $0.mark == .wronged }.count) lost a point.",
    ]
    return lines
  }

  /// The whole report as JSON.
  package var json: String {
    struct Row: Codable {
      var solution: String
      var planted: String?
      var mark: Exam.Answer.Mark
      var diagnosed: String?
      var lost: [Exam.Answer.Loss]
    }
    struct Document: Codable {
      var passed: Bool
      var answers: [Row]
    }
    let rows = answers.map {
      Row(
        solution: $0.solution, planted: $0.planted, mark: $0.mark, diagnosed: $0.diagnosed, lost: $0.lost)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let data = (try? encoder.encode(Document(passed: isPassed, answers: rows))) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// Each planted mistake once, in the paper's order.
  private var planted: [String] {
    var seen: Set<String> = []
    return mutants.compactMap(\.planted).filter { seen.insert($0).inserted }
  }

  private func isCaughtOfficially(_ answer: Exam.Answer) -> Bool {
    answer.lost.contains { !$0.isExtra }
  }

  private func isCaughtByExtraOnly(_ answer: Exam.Answer) -> Bool {
    !answer.lost.isEmpty && !isCaughtOfficially(answer)
  }

  /// The mistakes that were diagnosed first, and how often, in the order of the mutants.
  private func named(in answers: [Exam.Answer]) -> String {
    var counts: [(name: String, count: Int)] = []
    for answer in answers where answer.mark != .survived {
      let name = answer.diagnosed ?? "nothing"
      if let index = counts.firstIndex(where: { $0.name == name }) {
        counts[index].count += 1
      } else {
        counts.append((name, 1))
      }
    }
    return counts.map { $0.count == 1 ? $0.name : "\($0.name) (\($0.count))" }.joined(separator: ", ")
  }

  private func row(_ cells: String...) -> String {
    let widths = [26, 8, 9, 11, 7]
    return zip(cells, widths).map { cell, width in
      cell + String(repeating: " ", count: max(1, width - cell.count))
    }.joined() + (cells.last ?? "")
  }
}

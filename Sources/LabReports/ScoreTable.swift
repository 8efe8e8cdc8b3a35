import LabModel

/// One line for each solution: its score, and which tests it lost.
package enum ScoreTable {
  /// How many titles of lost tests a line shows.
  private static let titlesShown = 4

  package static func lines(_ gradings: [Grading]) -> [String] {
    let hasExtra = gradings.contains { !$0.extra.isEmpty }
    let rows = gradings.map {
      (name: $0.solution, score: score($0), extra: hasExtra ? extra($0) : "", lost: lost($0))
    }
    let nameWidth = (rows.map(\.name.count) + [8]).max() ?? 8
    let scoreWidth = (rows.map(\.score.count) + [5]).max() ?? 5
    let extraWidth = (rows.map(\.extra.count) + [5]).max() ?? 5
    func line(_ name: String, _ score: String, _ extra: String, _ lost: String) -> String {
      var padded = name + spaces(nameWidth - name.count) + "  " + spaces(scoreWidth - score.count) + score
      if hasExtra { padded += "  " + spaces(extraWidth - extra.count) + extra }
      return lost.isEmpty ? padded : padded + "  " + lost
    }
    return [line("solution", "score", "extra", "lost")]
      + rows.map { line($0.name, $0.score, $0.extra, $0.lost) }
      + [summary(gradings)]
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private static func score(_ grading: Grading) -> String {
    grading.problem == nil ? "\(grading.earned)/\(grading.points)" : "-"
  }

  private static func extra(_ grading: Grading) -> String {
    grading.problem == nil ? "\(grading.extraEarned)/\(grading.extraPoints)" : "-"
  }

  private static func lost(_ grading: Grading) -> String {
    if let problem = grading.problem {
      return "not graded: " + (problem.split(separator: "\n").first.map(String.init) ?? "")
    }
    if let outcome = grading.onlyLoss?.outcome { return "every test: \(outcome.message)" }
    let titles = grading.tests.filter(\.losesPoints).map(\.title)
    let more = titles.count > titlesShown ? ["and \(titles.count - titlesShown) more"] : []
    let unfinished = grading.isComplete ? [] : ["(unfinished)"]
    return (titles.prefix(titlesShown) + more + unfinished).joined(separator: ", ")
  }

  private static func summary(_ gradings: [Grading]) -> String {
    let full = gradings.count { $0.problem == nil && $0.isComplete && !$0.losesPoints }
    let not = gradings.count { $0.problem != nil }
    return "\(gradings.count) \(gradings.count == 1 ? "solution" : "solutions"): "
      + "\(full) with every point, \(gradings.count - full - not) without"
      + (not > 0 ? ", \(not) not graded" : "")
  }
}

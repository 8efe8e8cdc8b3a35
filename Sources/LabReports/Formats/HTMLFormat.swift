import LabMeter
import LabModel
import WebPage

/// One page that needs no other: the score, each test, and for each lost test a drawing of what happened.
package enum HTMLFormat: ResultFormat {
  package static let name = "html"
  package static let fileExtension: String? = "html"

  package static func text(_ gradings: [Grading], _ feedback: Feedback) -> String {
    let sections = gradings.enumerated().flatMap { index, grading in
      GradingPage(grading: grading, prefix: "s\(index + 1)", isAlone: gradings.count == 1, feedback: feedback)
        .sections
    }
    let labs = Set(gradings.map { "lab \($0.lab), \($0.edition)" }).sorted().joined(separator: "; ")
    let page = Page(
      title: gradings.count == 1
        ? "\(gradings[0].solution): \(score(gradings[0]))" : "\(gradings.count) solutions",
      introduction: [.tag("p", ["class": "faint"], [.text(labs)])]
        + (gradings.count == 1 ? [] : [overview(gradings)]),
      sections: sections,
      footer: "Made by labrunner grade. The same solution gives the same page.")
    return page.html
  }

  /// The score, or the words "not graded".
  package static func score(_ grading: Grading) -> String {
    if grading.problem != nil { return "not graded" }
    let official = "\(grading.earned)/\(grading.points)"
    if grading.extra.isEmpty { return official }
    let extra = "extra \(grading.extraEarned)/\(grading.extraPoints)"
    return grading.official.isEmpty ? extra : "\(official), \(extra)"
  }

  private static func overview(_ gradings: [Grading]) -> Markup {
    Table(
      caption: "The solutions and their scores",
      columns: [.init("solution"), .init("score", isNumber: true), .init("lost tests", isNumber: true)],
      rows: gradings.enumerated().map { index, grading in
        [
          .tag("a", ["href": "#s\(index + 1)"], [.text(grading.solution)]), .text(score(grading)),
          .text("\(grading.tests.count(where: \.isLost))"),
        ]
      }
    ).markup
  }
}

/// The sections about one solution.
private struct GradingPage {
  let grading: Grading
  /// The start of the ids of its sections.
  let prefix: String
  /// Whether the page is about this solution only.
  let isAlone: Bool
  let feedback: Feedback

  var sections: [Page.Section] {
    let tests = grading.tests.enumerated().filter(\.element.isLost)
    return [
      Page.Section(
        id: prefix, title: isAlone ? "Tests" : grading.solution, note: HTMLFormat.score(grading),
        body: summary)
    ]
      + tests.map { index, entry in
        Page.Section(
          id: id(index), title: isAlone ? entry.title : "\(grading.solution): \(entry.title)",
          note: entry.outcome?.verdict ?? "", body: LostTestSection(entry: entry, feedback: feedback).body)
      }
  }

  private func id(_ index: Int) -> String { "\(prefix)-\(index + 1)" }

  private var summary: [Markup] {
    grading.warnings.map { .tag("pre", ["class": "bad"], [.text($0.description)]) } + results
  }

  private var results: [Markup] {
    if let problem = grading.problem {
      return [.tag("p", ["class": "bad"], ["Not graded."]), .tag("pre", [:], [.text(problem)])]
    }
    var meters: [Markup] = []
    if !grading.official.isEmpty { meters.append(meter("Score", grading.earned, grading.points)) }
    if !grading.extra.isEmpty { meters.append(meter("Extra", grading.extraEarned, grading.extraPoints)) }
    let rows = grading.tests.enumerated().map { (entry: $1, cells: row($0, $1)) }
    let lost = rows.filter(\.entry.isLost)
    let skipped = rows.filter(\.entry.isSkipped)
    let passed = rows.filter(\.entry.passed)
    let waiting = rows.filter { $0.entry.outcome == nil }
    var parts = meters
    if !lost.isEmpty { parts.append(table("Lost", lost.map(\.cells))) }
    if !waiting.isEmpty { parts.append(table("Not run", waiting.map(\.cells))) }
    if !skipped.isEmpty { parts.append(table("Not of this edition", skipped.map(\.cells))) }
    if !passed.isEmpty {
      parts.append(
        .folded(
          .text("Passed: \(passed.count)"), [table("Passed", passed.map(\.cells))], isOpen: lost.isEmpty))
    }
    return parts
  }

  private func table(_ caption: String, _ rows: [[Markup]]) -> Markup {
    Table(
      caption: "\(caption): \(rows.count)",
      columns: [
        .init("test"), .init("result"), .init("what it was lost over"), .init("points", isNumber: true),
      ],
      rows: rows
    ).markup
  }

  private func meter(_ label: String, _ earned: Int, _ points: Int) -> Markup {
    let text = "\(label): \(earned)/\(points)"
    let meter = Markup.tag(
      "meter", ["min": "0", "max": "\(max(points, 1))", "value": "\(earned)", "aria-label": text])
    return .tag("p", ["class": "score"], [.tag("strong", [:], [.text(text)]), " ", meter])
  }

  private func row(_ index: Int, _ entry: Grading.Entry) -> [Markup] {
    let points = Markup.text(entry.countedPoints == 0 ? "none" : "\(entry.earned)/\(entry.points)")
    guard let outcome = entry.outcome else {
      return [.text(entry.title), .tag("span", ["class": "faint"], ["has not run"]), "", points]
    }
    if outcome.passed { return [.text(entry.title), .tag("span", ["class": "good"], ["OK"]), "", points] }
    if entry.isSkipped {
      return [
        .text(entry.title), .tag("span", ["class": "faint"], [.text(outcome.verdict)]),
        .text(outcome.message), points,
      ]
    }
    return [
      .tag("a", ["href": "#\(id(index))"], [.text(entry.title)]),
      .tag("span", ["class": "bad"], [.text(outcome.verdict)]),
      .text(outcome.diagnosis?.mistakes.first?.name ?? outcome.explanation ?? ""), points,
    ]
  }
}

/// The part of the page about one lost test.
private struct LostTestSection {
  let entry: Grading.Entry
  let feedback: Feedback

  var body: [Markup] {
    guard let outcome = entry.outcome else { return [] }
    var parts = [
      Markup.tag("p", [:], [.tag("strong", [:], [.text("\(outcome.verdict): \(outcome.message)")])])
    ]
    parts.append(rows)
    if let walk = outcome.diagnosis?.fault?.walk { parts.append(WalkPicture(walk: walk).markup) }
    if let memory = outcome.diagnosis?.memory { parts.append(self.memory(memory)) }
    if feedback == .full, !outcome.console.isEmpty {
      parts.append(.folded("What the console showed", [.tag("pre", [:], [.text(outcome.console)])]))
    }
    if !outcome.printed.isEmpty {
      parts.append(.folded("What the solution printed", [.tag("pre", [:], [.text(outcome.printed)])]))
    }
    return parts
  }

  /// A drawing of what the test did with memory.
  private func memory(_ measured: Measured) -> Markup {
    let pictures = MemoryPictures([("", measured)])
    var parts = [Markup.grid([pictures.residency, pictures.faults])]
    if measured.map != nil { parts += [.grid(pictures.maps), AddressMap.key] }
    return .folded("What the test did with memory", parts, isOpen: true)
  }

  /// The explanation's rows. A row without a label continues the row above.
  private var rows: Markup {
    let items = LostTestText.rows(entry, feedback).flatMap { row -> [Markup] in
      let text = Markup.tag("dd", [:], [.text(row.text)])
      return row.label.isEmpty ? [text] : [.tag("dt", [:], [.text(row.label)]), text]
    }
    return .tag("dl", ["class": "rows"], items)
  }
}

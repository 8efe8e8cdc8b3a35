import LabMeter
import LabModel
import WebPage

/// A comparison as one HTML page.
package struct ComparisonPage {
  let comparisons: [Comparison]
  let sides: Sides
  let lab: Lab

  package init(_ comparisons: [Comparison], sides: Sides, lab: Lab) {
    self.comparisons = comparisons
    self.sides = sides
    self.lab = lab
  }

  private var a: String { sides.a.label }
  private var b: String { sides.b.label }

  package var html: String {
    let subject =
      sides.a.label == sides.a.solution && sides.b.label == sides.b.solution
      ? "" : " (\(sides.a.solution) and \(sides.b.solution))"
    let workloads = comparisons.enumerated().map { index, comparison in
      Page.Section(
        id: "w\(index + 1)", title: "\(comparison.workload.name): \(comparison.workload.title)",
        body: body(comparison))
    }
    let page = Page(
      title: "\(a) beside \(b)",
      introduction: [
        .tag(
          "p", [:],
          [
            .text(
              "What two ways to allocate memory do with the same programs\(subject)."
                + " \(lab.title), \(lab.edition)."
            )
          ])
      ],
      sections: [Page.Section(id: "overview", title: "Overview", body: [overview])] + workloads
        + [Page.Section(id: "figures", title: "What is counted", body: meanings)],
      footer: "Made by labrunner compare. The same programs on the same solutions give the same page.")
    return page.html
  }

  private var overview: Markup {
    Table(
      caption: "Pages handed out and resident at the peak, and page faults",
      columns: [
        .init("workload"), .init("handed out, \(a)", isNumber: true), .init(b, isNumber: true),
        .init("ratio", isNumber: true), .init("peak, \(a)", isNumber: true), .init(b, isNumber: true),
        .init("ratio", isNumber: true), .init("faults, \(b)", isNumber: true), .init("outcome"),
      ],
      rows: comparisons.enumerated().map { index, comparison in
        [.tag("a", ["href": "#w\(index + 1)"], [.text(comparison.workload.name)])]
          + pair(comparison, .handedOut) + pair(comparison, .peakPages)
          + [.text(ComparisonText.shown(.faults, comparison.b.figures)), outcomes(comparison)]
      }
    ).markup
  }

  private func pair(_ comparison: Comparison, _ figure: Figure) -> [Markup] {
    [
      .text(ComparisonText.shown(figure, comparison.a.figures)),
      .text(ComparisonText.shown(figure, comparison.b.figures)),
      .text(ComparisonText.ratio(comparison.ratio(figure))),
    ]
  }

  private func outcomes(_ comparison: Comparison) -> Markup {
    let (first, second) = (comparison.a.outcome.kind, comparison.b.outcome.kind)
    if first == second { return outcome(comparison.a.outcome) }
    return .join([outcome(comparison.a.outcome), outcome(comparison.b.outcome)], separator: ", ")
  }

  private func outcome(_ outcome: Outcome) -> Markup {
    .tag("span", ["class": outcome.kind == .finished ? "good" : "bad"], [.text(outcome.kind.rawValue)])
  }

  private func body(_ comparison: Comparison) -> [Markup] {
    let pictures = ComparisonPictures(comparison: comparison, sides: sides)
    let command = comparison.workload.run.joined(separator: " ")
    return [
      .tag("p", [:], [.text(comparison.workload.shows), " ", .tag("code", [:], [.text(command)])]),
      .tag("p", [:], [.tag("strong", [:], [.text(comparison.words(sides))])]),
      .grid([pictures.residency, pictures.faults]),
      .grid(pictures.bars), .grid(pictures.maps), AddressMap.key,
      .folded("All figures", [figures(comparison)]),
    ]
  }

  private func figures(_ comparison: Comparison) -> Markup {
    let rows = Figure.allCases.map { [Markup.text($0.title)] + pair(comparison, $0) }
    let endings = [comparison.a, comparison.b].map { measurement -> Markup in
      let detail = measurement.outcome.detail
      return .join([outcome(measurement.outcome)] + (detail.isEmpty ? [] : [.text(": " + detail)]))
    }
    return .join([
      Table(
        caption: "Figures of \(comparison.workload.name)",
        columns: [
          .init("figure"), .init(a, isNumber: true), .init(b, isNumber: true), .init("ratio", isNumber: true),
        ],
        rows: rows
      ).markup,
      .tag("p", [:], [.text("\(a): "), endings[0], .text(". \(b): "), endings[1], "."]),
    ])
  }

  private var meanings: [Markup] {
    let intro = """
      Counting begins when the workload's process calls exec, and ends when it has been waited for. \
      All processes that it forks count with it. Ratios are \(b) over \(a).
      """
    return [
      .tag("p", [:], [.text(intro)]),
      Table(
        caption: "Figures, and the words for them in --fail-if, JSON and CSV",
        columns: [.init("figure"), .init("word"), .init("what it is")],
        rows: Figure.allCases.map {
          [.text($0.title), .tag("code", [:], [.text($0.rawValue)]), .text($0.meaning)]
        }
      ).markup,
    ]
  }
}

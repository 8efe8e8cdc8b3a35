import Testing

@testable import LabCompare
@testable import LabMeter

/// The small language of --fail-if.
@Suite struct ConditionTests {
  private static let sides = Sides([])

  private static func comparison(_ name: String, _ a: Int, _ b: Int) -> Comparison {
    func measurement(_ peak: Int) -> Measured {
      var figures = Figures()
      figures.peakPages = peak
      figures.handedOut = 2 * peak
      return Measured(
        outcome: Outcome(.finished), figures: figures, residency: Residency(), faults: FaultLog())
    }
    return Comparison(
      workload: Workload(name: name, run: [name], title: "", shows: ""), a: measurement(a), b: measurement(b))
  }

  /// x: 100 and 40; y: 10 and 10.
  private static let comparisons = [comparison("x", 100, 40), comparison("y", 10, 10)]

  private func condition(_ text: String) throws -> Condition {
    try Condition(text, sides: Self.sides, workloads: ["x", "y"])
  }

  @Test(
    arguments: [
      ("lazy.peak_pages > 0.5 * eager.peak_pages", ["y"]),
      ("B.peak_pages <= A.peak_pages", ["x", "y"]),
      ("reference.peak_pages < starter.peak_pages", ["x"]),
      ("x:lazy.peak_pages == 40", []),
      ("x:lazy.peak_pages == 41", nil),
      ("x:lazy.peak_pages == 4 * y:lazy.peak_pages and 1 < 2", []),
      ("eager.handed_out - 2*lazy.peak_pages != 0", ["x"]),
      ("not (lazy.peak_pages == 10 or lazy.peak_pages == 40)", nil),
      ("1 + 2 * 3 == 7 and (1 + 2) * 3 == 9 and 10 - 4 - 3 == 3 and 8 / 4 / 2 == 1", []),
      ("-2 < -1 and --2 == 2 and not 1 > 2", []),
      ("1 == 2 and lazy.peak_pages / 0 > 1", nil),
      ("1 > 2 or 3 > 2 and 2 > 3", nil),
      ("\"x\":\"lazy\".peak_pages >= 40", []),
    ] as [(String, [String]?)])
  func `a condition holds for these workloads`(text: String, names: [String]?) throws {
    #expect(try condition(text).holds(for: Self.comparisons) == names)
  }

  @Test(arguments: [
    ("", 1, "expected a number, a figure or \"(\", found the end"),
    ("1", 2, "a comparison is missing: what stands before is a number"),
    ("lazy.peak_pages >", 18, "expected a number, a figure or \"(\", found the end"),
    ("lazy peak", 6, "expected \".\" and a figure, found \"peak\""),
    ("(1 < 2", 7, "expected \")\", found the end"),
    ("1 < 2)", 6, "expected the end, \"and\" or \"or\", found \")\""),
    ("1 < 2 < 3", 7, "comparisons do not chain: join them by \"and\""),
    ("(1 < 2) + 1 > 2", 9, "a number is wanted before this, not a comparison"),
    ("1 < 2 and 3", 12, "a comparison is missing: what stands before is a number"),
    ("1.2.3 < 2", 1, "\"1.2.3\" is no number"),
    ("1 ; 2", 3, "\";\" has no meaning here"),
    ("1 \u{1B}", 3, "\"\\u{1b}\" has no meaning here"),
    ("\"x", 1, "the quote is never closed"),
    ("z:lazy.peak_pages > 1", 1, "\"z\" is none of the workloads that are compared"),
    ("1 > idle.faults", 5, "\"idle\" is no side: that is A, B, eager or lazy"),
  ])
  func `what is wrong is named, with its column`(text: String, column: Int, reason: String) {
    #expect(throws: ConditionError(column: column, reason: reason)) { try condition(text) }
  }

  @Test func `a figure that there is not is answered with those that there are`() {
    let error = #expect(throws: ConditionError.self) { try condition("lazy.pages > 1") }
    #expect(error?.column == 6)
    #expect(error?.reason.contains("peak_pages, mean_pages") == true)
  }

  @Test(arguments: [
    String(repeating: "(", count: 4000), String(repeating: "not ", count: 1000),
    String(repeating: "-", count: 4000), String(repeating: "1", count: 4096),
    String(repeating: "x", count: 9999),
    "1 < 2\n", "\u{202E}lazy", "1 < \u{661}", "9e9 < 1", "\"\u{0}\".faults > 1",
  ])
  func `hostile text is refused`(text: String) {
    #expect(throws: ConditionError.self) { try condition(text) }
  }

  @Test func `a division by zero does not pass for a condition that does not hold`() throws {
    let comparisons = [Self.comparison("x", 0, 1)]
    #expect(throws: ConditionError(column: 17, reason: "division by zero (workload x)")) {
      try condition("lazy.peak_pages / eager.peak_pages > 2").holds(for: comparisons)
    }
  }

  @Test func `a side that is on both sides has no name`() {
    let sides = Sides(["lazy", "reference"])
    #expect(sides.isSecond("lazy") == nil && sides.isSecond("reference") == nil)
    #expect(sides.isSecond("A") == false && sides.isSecond("B") == true)
    #expect(Sides(["starter", "starter"]).b.label == "B")
    #expect(Sides(["blog-copyin"]).a.solution == "starter" && Sides(["blog-copyin"]).b.label == "blog-copyin")
  }

  @Test(arguments: [
    (["/a/xv6", "../lazy/"], ["xv6", "lazy"]), (["a/kernel", "b/kernel"], ["a/kernel", "b/kernel"]),
    (["/a/eager"], ["eager", "/a/eager"]), (["a/k", "a/k"], ["A", "B"]), (["/", "a"], ["/", "a"]),
  ])
  func `a path is called by its last part, where that tells it apart`(names: [String], labels: [String]) {
    let sides = Sides(names)
    #expect([sides.a.label, sides.b.label] == labels)
    if names.count == 2 && names[0] != names[1] {
      #expect(sides.isSecond(names[0]) == false && sides.isSecond(names[1]) == true)
    }
  }
}

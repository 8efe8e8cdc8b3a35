import Foundation
import Testing

@testable import LabCompare
@testable import LabMeter

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Each output format of a comparison. The comparison is small, and contains characters that each format must
/// escape.
@Suite struct ComparisonFormatTests {
  private static let sides = Sides([])

  /// One side has 8 pages from the start to 80. The other has 1 page until 40, then 4 until 60.
  static func comparison(title: String = "a \"b\", <c>") -> Comparison {
    var eager = Residency()
    eager.advance(to: 0)
    eager.change(to: 8)
    eager.advance(to: 80)
    var lazy = Residency()
    lazy.advance(to: 0)
    lazy.change(to: 1)
    lazy.advance(to: 40)
    lazy.change(to: 4)
    lazy.advance(to: 60)
    func measurement(_ residency: Residency, _ outcome: Outcome, handedOut: Int, faults: Int) -> Measured {
      var figures = Figures()
      figures.handedOut = handedOut
      figures.peakPages = residency.peak
      figures.meanPages = residency.mean
      figures.storeFaults = faults
      figures.instructions = residency.end
      let map = MemoryMap(
        program: title, pid: 2, sizes: (8 * 4096, 6 * 4096), image: 1, before: [0], after: [0, 3])
      var log = FaultLog()
      log.add(FaultMark(moment: 40, address: 0x3000))
      return Measured(outcome: outcome, figures: figures, residency: residency, faults: log, map: map)
    }
    return Comparison(
      workload: Workload(name: "w", run: ["w", "1"], title: title, shows: title),
      a: measurement(eager, Outcome(.panicked, "out, of \"it\""), handedOut: 2000, faults: 0),
      b: measurement(lazy, Outcome(.finished), handedOut: 14, faults: 3))
  }

  @Test func `a chart in blocks, to the letter`() {
    let chart = StripChart(width: 17, characters: .blocks)
    #expect(
      chart.lines(Self.comparison(), Self.sides) == [
        "  eager │████████", "        │████████", "        │████████",
        "  lazy  │", "        │    ▄▄", "        │▃▃▃▃██",
      ])
  }

  @Test func `a chart in plain characters, to the letter`() {
    let chart = StripChart(width: 17, characters: .ascii)
    #expect(
      chart.lines(Self.comparison(), Self.sides) == [
        "  eager |########", "        |########", "        |########",
        "  lazy  |", "        |    ::", "        |....##",
      ])
  }

  @Test func `colours go around what is drawn`() {
    let chart = StripChart(width: 17, characters: .ascii, colours: .terminal)
    let lines = chart.lines(Self.comparison(), Self.sides)
    #expect(lines[0] == "  eager |\u{1B}[33m########\u{1B}[0m")
    #expect(lines[3] == "  lazy  |" && lines[5] == "        |\u{1B}[36m....##\u{1B}[0m")
    #expect(StripChart(width: 12, characters: .ascii).lines(Self.comparison(), Self.sides) == [], "no room")
  }

  @Test func `text, to the letter`() {
    let text = ComparisonText(sides: Self.sides, chart: StripChart(width: 0, characters: .ascii))
    #expect(
      text.lines(Self.comparison()) == [
        "w: a \"b\", <c> (w 1)",
        "                          eager      lazy   ratio",
        "  pages handed out        2,000        14  0.0070",
        "  peak resident pages         8         4    0.50",
        "  mean resident pages         8         2    0.25",
        "  page faults                 0         3       -",
        "    by stores                 0         3       -",
        "  user instructions          80        60    0.75",
        "  outcome              panicked  finished",
        "  eager: panicked: out, of \"it\"",
        "  eager panicked, lazy finished. lazy",
        "  handed out 0.7 % of the pages of",
        "  eager, and took 3 faults to do so. At",
        "  its peak it held 4 pages where eager",
        "  held 8.",
      ])
    #expect(
      text.overview([Self.comparison()]) == [
        "          pages                 peak               faults",
        "workload  eager  lazy   ratio  eager  lazy  ratio    lazy  outcome",
        "w         2,000    14  0.0070      8     4   0.50       3  panicked, finished",
      ])
  }

  @Test func `what would command a terminal is shown`() {
    let text = ComparisonText(sides: Sides(["a\u{1B}b"]), chart: StripChart(width: 80, characters: .ascii))
    let lines = text.lines(Self.comparison(title: "\u{1B}[2J"))
    #expect(lines.allSatisfy { !$0.contains("\u{1B}") })
    #expect(text.overview([Self.comparison()]).allSatisfy { !$0.contains("\u{1B}") })
  }

  @Test func `the same end on both sides is told once`() {
    var comparison = Self.comparison()
    comparison.b.outcome = comparison.a.outcome
    #expect(comparison.words(Self.sides).hasPrefix("Both panicked. "))
    comparison.b.figures = comparison.a.figures
    #expect(comparison.words(Self.sides) == "Both panicked. lazy handed out as many pages as eager.")
  }

  @Test func `comma-separated values quote what they must`() {
    let lines = ComparisonTable.csv([Self.comparison()], Self.sides).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("workload,side,solution,outcome,detail,handed_out,peak_pages,mean_pages,"))
    #expect(lines[1].hasPrefix("w,eager,starter,panicked,\"out, of \"\"it\"\"\",2000,8,8,"))
    #expect(lines[2] == "w,lazy,reference,finished,,14,4,2,0,3,0,3,0,0,0,0,0,60,0")
  }

  @Test func `JSON has every figure by its name`() throws {
    let text = ComparisonTable.json([Self.comparison()], Self.sides, lab: "lazy")
    let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(root["format"] as? Int == 1)
    #expect((root["sides"] as? [[String: String]])?.map { $0["solution"] } == ["starter", "reference"])
    let workload = try #require((root["workloads"] as? [[String: Any]])?.first)
    let results = try #require(workload["results"] as? [[String: Any]])
    #expect(results.map { $0["outcome"] as? String } == ["panicked", "finished"])
    let figures = try #require(results[1]["figures"] as? [String: Double])
    #expect(Set(figures.keys) == Set(Figure.allCases.map(\.rawValue)))
    #expect(figures["handed_out"] == 14)
    let ratios = try #require(workload["ratios"] as? [String: Double])
    #expect(ratios["peak_pages"] == 0.5 && ratios["faults"] == nil, "no ratio to zero")
  }

  @Test func `the page is well-formed, and text in it is text`() throws {
    let hostile = "</title><script>x</script>&\u{202E}"
    let html = ComparisonPage(
      [Self.comparison(title: hostile), Self.comparison()], sides: Sides(["<a>", "b&c"]),
      lab: try Bench.lab.get()
    ).html
    let parser = XMLParser(data: Data(html.utf8))
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    #expect(!html.contains("<script") && !html.contains("\u{202E}"))
    #expect(html.contains("&lt;/title&gt;&lt;script&gt;x&lt;/script&gt;&amp;\\u{202e}"))
    #expect(html.contains("id=\"w2\"") && html.contains("href=\"#w2\""))
    #expect(
      html
        == ComparisonPage(
          [Self.comparison(title: hostile), Self.comparison()], sides: Sides(["<a>", "b&c"]),
          lab: try Bench.lab.get()
        ).html)
  }
}

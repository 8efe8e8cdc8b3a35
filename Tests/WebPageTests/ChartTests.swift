import Testing

@testable import WebPage

@Suite struct ChartTests {
  @Test(
    arguments: [
      (0.0, [0, 1]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (5, [0, 1, 2, 3, 4, 5]),
      (41, [0, 10, 20, 30, 40, 50]),
      (4105, [0, 1000, 2000, 3000, 4000, 5000]), (.infinity, [0, 1]), (-3, [0, 1]),
    ] as [(Double, [Double])])
  func `an axis has round ticks, and room for the largest value`(largest: Double, ticks: [Double]) {
    #expect(Scale(upTo: largest).ticks == ticks)
  }

  @Test(arguments: [
    (0.04, "0"), (0.05, "0.1"), (-0.25, "-0.3"), (12, "12"), (99.96, "100"), (1e300, "1000000"),
  ])
  func `a coordinate has one digit behind the point at most`(value: Double, text: String) {
    #expect(Scale.coordinate(value) == text)
  }

  @Test(arguments: [(0.0, "0"), (4000, "4000"), (20_000, "20 k"), (1_500_000, "1.5 M"), (2e9, "2 G")])
  func `a tick is a few letters`(value: Double, text: String) {
    #expect(Scale.label(value) == text)
  }

  @Test func `steps hold their value until the next one`() {
    let chart = Chart(
      title: "t", x: "x", y: "y", style: .steps,
      series: [.init("a", [.init(x: 0, y: 0), .init(x: 2, y: 4), .init(x: 4, y: 2)])])
    #expect(chart.markup.source.contains("d=\"M52 208H280V24H508V116\""))
  }

  @Test func `a map has a cell for each piece, in rows of 64`() {
    let cells = [AddressMap.Cell](repeating: .owed, count: 65) + [.mapped]
    let source = AddressMap(title: "t", cells: cells).markup.source
    #expect(source.contains("viewBox=\"0 0 512 16\""))
    #expect(source.contains("<path class=\"cell mapped\" d=\"M8 8h7v7h-7z\"></path>"))
  }
}

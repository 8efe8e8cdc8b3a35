import Foundation
import Testing

@testable import LabBench

/// Figures, and the reports that are made from them.
struct BenchReportTests {
  private static func result(
    ours: [Double], theirs: [Double], target: Benchmark.Target? = nil, instructions: UInt64 = 1_000_000_000
  ) -> BenchResult {
    let report = RunReport(instructions: instructions, startUp: 0.0071, answer: "x")
    var result = BenchResult(name: "bytes", target: target, report: report)
    result.ours = ours.map { Measurement(processorSeconds: $0, peakBytes: 20 << 20) }
    result.theirs = theirs.map { Measurement(processorSeconds: $0, peakBytes: 70 << 20) }
    result.startUps = ours.map { _ in 0.0071 }
    return result
  }

  @Test(arguments: [
    ([3.0], [3.0, 3, 3]), ([2, 1], [1, 1.5, 2]), ([5, 1, 4], [1, 4, 5]), ([4, 1, 3, 2], [1, 2.5, 4]),
  ])
  func `a spread is the least, the middle and the greatest`(figures: [Double], expected: [Double]) throws {
    let spread = try #require(Spread(figures))
    #expect([spread.least, spread.median, spread.greatest] == expected)
  }

  @Test func `of nothing there is no spread`() { #expect(Spread([]) == nil) }

  @Test func `the ratio is that of each turn`() throws {
    let ratio = try #require(Self.result(ours: [1, 2, 4], theirs: [3, 4, 4]).ratio)
    #expect([ratio.least, ratio.median, ratio.greatest] == [1, 2, 3])
  }

  @Test(arguments: [
    (2.0, nil, true), (3, nil, false), (2, 500e6, true), (2, 501e6, false),
  ])
  func `a target is met by the ratio and by the rate`(ratio: Double, rate: Double?, isMet: Bool) {
    let target = Benchmark.Target(ratio: ratio, rate: rate)
    #expect(Self.result(ours: [2], theirs: [4], target: target).isMet == isMet)
    #expect(Self.result(ours: [2], theirs: [], target: target).isMet == nil)
    #expect(Self.result(ours: [2], theirs: [4]).isMet == nil)
  }

  @Test func `a line of the table`() {
    let met = Self.result(ours: [0.5, 0.25], theirs: [1, 1], target: .init(ratio: 3))
    #expect(
      BenchReport.line(met)
        == "bytes                      1000.0   0.375     2667      7.1    20    1.000     1000    70"
        + "      3.00 (2.00 to 4.00)        3, met")
    let alone = Self.result(ours: [2], theirs: [], target: .init(ratio: 0.3), instructions: 71)
    #expect(
      BenchReport.line(alone)
        == "bytes                         0.0   2.000        0      7.1    20        -        -     -"
        + "                        -           0.3")
  }

  @Test func `the heading says what there is to compare with`() {
    var report = BenchReport(machine: "a machine", load: 0.046, runs: 1, qemu: nil, isOptimised: false)
    #expect(
      report.heading == [
        "a machine; load 0.05; 1 run each, in turns", "no QEMU found: nothing to compare with",
        "this is a debug build: its figures mean nothing",
      ])
    report.qemu = "QEMU 7"
    report.isOptimised = true
    report.runs = 3
    #expect(
      report.heading == [
        "a machine; load 0.05; 3 runs each, in turns", "compared with QEMU 7, -accel tcg,thread=single",
      ])
  }

  @Test func `JSON holds all of it`() throws {
    var report = BenchReport(machine: "a machine", load: 1, runs: 2, qemu: "QEMU", isOptimised: true)
    report.results = [Self.result(ours: [1, 2], theirs: [3, 4], target: .init(ratio: 3, rate: 1))]
    #expect(try JSONDecoder().decode(BenchReport.self, from: Data(report.json.utf8)) == report)
  }

  @Test func `a kernel's rows are named and aimed`() {
    let rows = Benchmark.kernel("k", image: nil, harts: [1, 3], commands: ["usertests -q", "ls"])
    #expect(
      rows.map(\.name) == [
        "boot", "boot, 3 harts", "usertests -q", "usertests -q, 3 harts", "ls", "ls, 3 harts",
      ])
    #expect(rows.map(\.target?.ratio) == [5, 5, 3, 8, nil, nil])
  }
}

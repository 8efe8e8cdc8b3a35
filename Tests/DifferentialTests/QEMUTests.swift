import RV64
import Testing

@testable import Differential

/// Compares with QEMU, if it is installed.
@Suite(.serialized) struct QEMUTests {
  private func oracle() -> QEMU? {
    let oracle = QEMU()
    if oracle == nil { print("qemu-system-riscv64 is not installed: nothing was compared with it") }
    return oracle
  }

  @Test func `random programs do here what they do in QEMU`() throws {
    guard let oracle = oracle() else { return }
    var options = CampaignOptions()
    options.instructions = 200_000
    options.programs = 60
    let report = try Campaign(options, oracle: oracle).run()
    let programs = report.programs[0] + report.programs[1]
    print("compared with QEMU: \(report.retired) instructions of \(programs) programs")
    #expect(report.retired >= 200_000)
    #expect(report.mismatches.isEmpty, "\(report.text)")
  }

  /// One operation is wrong on purpose: every `mulhu` here is a `mulh`, or every `c.sub` a `c.xor`.
  @Test(
    arguments: [
      (mask: 0xFE00_707F, match: 0x0200_3033, change: 0x2000), (mask: 0xFC63, match: 0x8C01, change: 0x20),
    ] as [(mask: UInt32, match: UInt32, change: UInt32)])
  func `a fault that is planted is found and made small`(fault: (mask: UInt32, match: UInt32, change: UInt32))
    throws
  {
    guard let oracle = oracle() else { return }
    let distort: (UInt32) -> UInt32 = { $0 & fault.mask == fault.match ? $0 ^ fault.change : $0 }
    let programs = (1...48).map { Generator.program($0) }
    let found = try Explanation.mismatches(of: programs, with: oracle, distort: distort).compactMap { $0 }
    let mismatch = try #require(found.min { $0.program.instructions.count < $1.program.instructions.count })
    let shrinker = Shrinker { candidates in
      try Explanation.mismatches(of: candidates, with: oracle, distort: distort).map { $0 != nil }
    }
    let small = try shrinker.shrink(mismatch.program)
    #expect(small.instructions.count < 10)
    #expect(small.instructions.contains { distort($0) != $0 })
    let still = try #require(Explanation.mismatches(of: [small], with: oracle, distort: distort)[0])
    print(SwiftTest.text(still, named: "a planted fault"))
  }
}

import RV64

/// What a person wants to know of a program that differs.
package enum Explanation {
  /// Which of some programs differ, and how, without having met a choice. `distort` plants a fault: see
  /// `Batch`.
  static func mismatches(
    of programs: [Program], with oracle: QEMU, distort: ((UInt32) -> UInt32)? = nil
  ) throws(DifferentialError) -> [Mismatch?] {
    let batch = try Batch(distort: distort)
    var number: [Int] = []
    for (n, program) in programs.enumerated() where try batch.add(program).end == .done { number.append(n) }
    var found = [Mismatch?](repeating: nil, count: programs.count)
    for mismatch in try batch.compare(with: oracle) {
      let last = mismatch.firstTrap ?? Layout.mostTraps
      let choice = try MetChoice.before(trap: last, of: mismatch.program, slot: mismatch.slot)
      if choice == nil { found[number[mismatch.slot]] = mismatch }
    }
    return found
  }

  /// The program of a seed, alone. If it differs: the first instruction that does something else, and the
  /// smallest program that still does, as a test.
  package static func text(of seed: UInt64, with oracle: QEMU) throws -> String {
    let program = Generator.program(seed)
    guard let mismatch = try mismatches(of: [program], with: oracle)[0] else {
      return "program \(seed): no difference when it runs alone"
    }
    var parts = ["program \(seed):\n\(mismatch)"]
    if let parting = try Lockstep.firstDifference(of: program, slot: 0, with: oracle) {
      parts.append("\(parting)")
    }
    let shrinker = Shrinker { candidates in
      try stride(from: 0, to: candidates.count, by: Layout.slots).flatMap { start in
        let some = Array(candidates[start..<min(start + Layout.slots, candidates.count)])
        return try mismatches(of: some, with: oracle).map { $0 != nil }
      }
    }
    let small = try shrinker.shrink(program)
    if let mismatch = try mismatches(of: [small], with: oracle)[0] {
      parts.append(SwiftTest.text(mismatch, named: "program \(seed)"))
    }
    return parts.joined(separator: "\n\n")
  }
}

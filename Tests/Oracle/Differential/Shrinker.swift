/// Makes a program that differs small: takes out whatever it differs without.
struct Shrinker {
  /// Which of some programs still differ.
  let differ: ([Program]) throws -> [Bool]

  private static let nop: [UInt64: UInt32] = [2: 0x0001, 4: 0x0000_0013]

  private static func isNop(_ instruction: UInt32) -> Bool { nop.values.contains(instruction) }

  /// A program that differs as `program` does, with as few instructions, registers and CSRs set as can be
  /// found by leaving out parts of it.
  func shrink(_ program: Program) throws -> Program {
    var small = program
    // Instructions become nops first, so that branches lead where they led; then the nops go.
    small = try reduce(small, \.instructions.count) { candidate, range in
      guard !range.allSatisfy({ Self.isNop(candidate.instructions[$0]) }) else { return false }
      for n in range {
        candidate.instructions[n] = Self.nop[Program.length(candidate.instructions[n])] ?? 0x13
      }
      return true
    }
    small = try reduce(small, \.landings.count) { candidate, range in
      candidate.landings.removeSubrange(range)
      return true
    }
    small = try reduce(small, \.instructions.count) { candidate, range in
      let kept = candidate.instructions.indices.filter {
        !range.contains($0) || !Self.isNop(candidate.instructions[$0])
      }
      guard kept.count < candidate.instructions.count else { return false }
      candidate.instructions = kept.map { candidate.instructions[$0] }
      candidate.landings = candidate.landings.map { min($0, kept.count) }
      return true
    }
    small = try reduce(small, \.registers.count) { candidate, range in
      guard !range.allSatisfy({ candidate.registers[$0] == .number(0) }) else { return false }
      for n in range { candidate.registers[n] = .number(0) }
      return true
    }
    let names = small.csrs.keys.sorted()
    small = try reduce(small, { _ in names.count }) { candidate, range in
      let count = candidate.csrs.count
      for n in range { candidate.csrs[names[n]] = nil }
      return candidate.csrs.count < count
    }
    return try reduce(small, \.entries.count) { candidate, range in
      candidate.entries.removeSubrange(range)
      return true
    }
  }

  /// Takes away parts of a program, which has `count` of them, half of them first and then ever smaller
  /// shares, for as long as it differs. `takeAway` changes a program and answers whether there was anything
  /// to change.
  private func reduce(
    _ program: Program, _ count: (Program) -> Int, _ takeAway: (inout Program, Range<Int>) -> Bool
  ) throws -> Program {
    var small = program
    var size = max(1, count(small) / 2)
    while count(small) > 0 {
      let candidates = stride(from: 0, to: count(small), by: size).compactMap { start in
        var candidate = small
        return takeAway(&candidate, start..<min(start + size, count(small))) ? candidate : nil
      }
      let found = candidates.isEmpty ? nil : try zip(candidates, differ(candidates)).first { $0.1 }?.0
      if let found {
        small = found
      } else if size == 1 {
        break
      } else {
        size /= 2
      }
    }
    return small
  }
}

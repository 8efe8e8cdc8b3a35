import RV64

/// A program whose two runs differ.
struct Mismatch: CustomStringConvertible {
  var slot: Int
  var program: Program
  /// Nil if QEMU did not come to the end of the program.
  var oracle: SlotState?
  var own: SlotState

  /// The number of the first trap that differs; nil if the difference is elsewhere.
  var firstTrap: Int? {
    guard let oracle else { return nil }
    return (0..<Layout.mostTraps).first { n in
      let start = Int(Layout.frames + UInt64(n) * Layout.frameSize)
      let range = start..<start + Int(Layout.frameSize)
      return own.bytes[range] != oracle.bytes[range]
    }
  }

  /// The doublewords that differ, by their offset in the slot.
  var differences: [(offset: UInt64, own: UInt64, oracle: UInt64)] {
    guard let oracle else { return [] }
    return stride(from: 0, to: Layout.slotSize, by: 8).compactMap { offset in
      let (mine, theirs) = (own.doubleword(offset), oracle.doubleword(offset))
      return mine == theirs ? nil : (offset, mine, theirs)
    }
  }

  /// The first doublewords that differ, and the first trap that does.
  var description: String {
    guard let oracle else { return "QEMU does not come to the end of the program" }
    var lines = differences.prefix(6).map { offset, mine, theirs in
      "\(Self.name(of: offset)): \(hex(mine)) here, \(hex(theirs)) in QEMU"
    }
    let (mine, theirs) = (own.traps, oracle.traps)
    if let n = (0..<max(mine.count, theirs.count)).first(where: { n in
      n >= mine.count || n >= theirs.count || mine[n] != theirs[n]
    }) {
      lines.append("trap \(n) here: \(n < mine.count ? mine[n].description : "none")")
      lines.append("trap \(n) in QEMU: \(n < theirs.count ? theirs[n].description : "none")")
    }
    return lines.joined(separator: "\n")
  }

  /// What lies at an offset of a slot.
  static func name(of offset: UInt64) -> String {
    switch offset {
    case Layout.finalCSRs..<Layout.finalCSRs + 8 * UInt64(Layout.finalCSRNames.count):
      return "final \(Layout.finalCSRNames[Int(offset - Layout.finalCSRs) / 8])"
    case Layout.frames..<Layout.code:
      let (frame, rest) = (offset - Layout.frames).quotientAndRemainder(dividingBy: Layout.frameSize)
      let csr = (Int(rest) - Int(Layout.frameCSRs)) / 8
      return "trap \(frame): "
        + (rest < Layout.frameCSRs ? registerNames[Int(rest) / 8] : Layout.frameCSRNames[csr])
    case Layout.data..<Layout.tables: return "data + \(hex(offset - Layout.data))"
    case Layout.tables...: return "page tables + \(hex(offset - Layout.tables))"
    default: return "slot + \(hex(offset))"
    }
  }
}

func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

extension SlotState.Trap: CustomStringConvertible {
  var description: String {
    let text = instruction.map { ", \(disassemble($0, at: pc))" } ?? ""
    return "cause \(hex(cause)) at \(hex(pc)), value \(hex(value)), from \(mode) mode\(text)"
  }
}

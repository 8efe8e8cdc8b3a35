/// Resident pages against retired instructions, drawn with characters: one strip for each side, both with the
/// same scales.
package struct StripChart: Sendable {
  /// The characters of the drawing.
  package enum Characters: Sendable, Equatable {
    /// Eighths of a block, for terminals with Unicode.
    case blocks
    /// Thirds of a line, for terminals without Unicode.
    case ascii

    /// The characters from an empty cell to a full one.
    var levels: [Character] {
      switch self {
      case .blocks: Array(" ▁▂▃▄▅▆▇█")
      case .ascii: Array(" .:#")
      }
    }

    var wall: Character { self == .blocks ? "│" : "|" }
  }

  /// The colours of the two strips, or empty texts for no colours.
  package struct Colours: Sendable {
    let first, second, end: String
    package static let none = Colours(first: "", second: "", end: "")
    package static let terminal = Colours(first: "\u{1B}[33m", second: "\u{1B}[36m", end: "\u{1B}[0m")
  }

  package var width: Int
  package var characters: Characters
  package var colours: Colours

  /// How many lines each strip has.
  private static let rows = 3

  package init(width: Int, characters: Characters, colours: Colours = .none) {
    self.width = width
    self.characters = characters
    self.colours = colours
  }

  /// The lines of a comparison's chart. No lines if there is nothing to draw or no room for it.
  package func lines(_ comparison: Comparison, _ sides: Sides) -> [String] {
    let peak = max(comparison.a.residency.peak, comparison.b.residency.peak)
    let total = max(comparison.a.residency.end, comparison.b.residency.end)
    let gutter = max(sides.a.label.count, sides.b.label.count)
    let room = width - 4 - gutter
    guard peak > 0, room >= 8 else { return [] }
    let strips = [
      (sides.a.label, comparison.a.residency, colours.first),
      (sides.b.label, comparison.b.residency, colours.second),
    ]
    return strips.flatMap { label, residency, colour in
      strip(residency.columns(room, of: total), peak: peak).enumerated().map { row, cells in
        let name = row == 0 ? label : ""
        let padding = String(repeating: " ", count: gutter - name.count)
        let drawn = cells.isEmpty ? "" : colour + cells + colours.end
        return "  \(name)\(padding) \(characters.wall)\(drawn)"
      }
    }
  }

  /// The rows of one strip, the highest first, without blanks at their ends. A value above zero is at least
  /// one level high.
  private func strip(_ values: [Int?], peak: Int) -> [String] {
    let levels = characters.levels
    let most = levels.count - 1
    let heights = values.map { value -> Int in
      guard let value, value > 0 else { return 0 }
      return max(1, (value * Self.rows * most + peak / 2) / peak)
    }
    return (0..<Self.rows).reversed().map { row in
      let cells = heights.map { levels[min(max($0 - row * most, 0), most)] }
      let used = cells.lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
      return String(cells[..<used])
    }
  }
}

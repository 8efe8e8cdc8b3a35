/// An address space from 0 on, drawn as rows of cells. Each cell stands for the same number of bytes.
package struct AddressMap: Sendable {
  /// What the map shows, in words. It is also the text for readers who cannot see the picture.
  package var title: String
  package var cells: [Cell]

  /// What is at the addresses of a cell.
  package enum Cell: Sendable, Equatable, CaseIterable {
    /// The program itself, and its stack.
    case image
    /// Pages with memory: all of them, at least half of them, fewer.
    case mapped, some, few
    /// The process may use the addresses, but they have no memory yet.
    case owed
    /// The process may no longer use the addresses.
    case absent

    var style: String { "cell \(self)" }
  }

  package init(title: String, cells: [Cell]) {
    self.title = title
    self.cells = cells
  }

  private static let columns = 64
  /// The side of a cell in units of the drawing, with a gap of one unit to the next cell.
  private static let side = 8

  package var markup: Markup {
    let rows = (cells.count + Self.columns - 1) / Self.columns
    let size = "0 0 \(Self.columns * Self.side) \(max(rows, 1) * Self.side)"
    let picture = Markup.tag(
      "svg", ["viewBox": size, "role": "img", "aria-label": title],
      [.tag("title", [:], [.text(title)])] + Cell.allCases.compactMap(draw))
    return .figure(title: title, [picture])
  }

  /// All cells of one kind as one path, or nil if there are none.
  private func draw(_ kind: Cell) -> Markup? {
    let inner = Self.side - 1
    let path = cells.indices.filter { cells[$0] == kind }.map { index in
      let x = index % Self.columns * Self.side
      let y = index / Self.columns * Self.side
      return "M\(x) \(y)h\(inner)v\(inner)h-\(inner)z"
    }
    return path.isEmpty ? nil : .tag("path", ["class": kind.style, "d": path.joined()])
  }

  /// The legend: what the colours mean, the same in all maps.
  package static var key: Markup {
    let meanings: [(Cell, String)] = [
      (.image, "the program and its stack"), (.mapped, "memory in every page"), (.some, "in half or more"),
      (.few, "in fewer"), (.owed, "owed: no memory yet"), (.absent, "given back"),
    ]
    return .tag(
      "p", ["class": "faint"],
      meanings.map { cell, meaning in
        let sample = Markup.tag(
          "svg", ["viewBox": "0 0 28 12", "aria-hidden": "true"],
          [.tag("rect", ["class": cell.style, "x": "8", "y": "0", "width": "12", "height": "12"])])
        return .tag("span", ["class": "key"], [sample, .text(meaning)])
      })
  }
}

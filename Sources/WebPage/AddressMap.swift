/// An address space from 0 on, as rows of cells, each a piece of the same size.
public struct AddressMap: Sendable {
  /// What it shows, in words: also for those who do not see it.
  public var title: String
  public var cells: [Cell]

  /// What there is behind the addresses of a cell.
  public enum Cell: Sendable, Equatable {
    /// The program itself, and its stack.
    case image
    /// Memory in every page; in half of them or more; in fewer.
    case mapped, some, few
    /// The process may use it, and there is no memory yet.
    case owed

    var style: String { "cell \(self)" }
  }

  public init(title: String, cells: [Cell]) {
    self.title = title
    self.cells = cells
  }

  private static let columns = 64
  /// In the drawing's own units; a gap of one is between cells.
  private static let side = 8

  public var markup: Markup {
    let rows = (cells.count + Self.columns - 1) / Self.columns
    let size = "0 0 \(Self.columns * Self.side) \(max(rows, 1) * Self.side)"
    let picture = Markup.tag(
      "svg", ["viewBox": size, "role": "img", "aria-label": title],
      [.tag("title", [:], [.text(title)])] + cells.enumerated().map(draw))
    return .figure([picture], caption: [.text(title)])
  }

  private func draw(_ index: Int, _ cell: Cell) -> Markup {
    let x = index % Self.columns * Self.side
    let y = index / Self.columns * Self.side
    let side = "\(Self.side - 1)"
    return .tag(
      "rect", ["class": cell.style, "x": "\(x)", "y": "\(y)", "width": side, "height": side])
  }

  /// What the colours of all maps mean.
  public static var key: Markup {
    let meanings: [(Cell, String)] = [
      (.image, "the program and its stack"), (.mapped, "memory in every page"), (.some, "in half or more"),
      (.few, "in fewer"), (.owed, "owed: no memory yet"),
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

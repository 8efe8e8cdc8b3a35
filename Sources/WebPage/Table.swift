/// A table with a head; the first cell of each row names the row.
public struct Table: Sendable {
  public var caption: String
  public var columns: [Column]
  public var rows: [[Markup]]

  public struct Column: Sendable {
    public var title: String
    /// Columns of numbers are aligned to the right.
    public var isNumber: Bool

    public init(_ title: String, isNumber: Bool = false) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  /// A row that is shorter than `columns` ends with empty cells. Cells past the last column are left out.
  public init(caption: String, columns: [Column], rows: [[Markup]]) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  public var markup: Markup {
    let head = columns.map { Markup.tag("th", ["scope": "col", "class": style($0)], [.text($0.title)]) }
    let body = rows.map { row -> Markup in
      .tag(
        "tr", [:],
        columns.enumerated().map { index, column in
          let cell = index < row.count ? [row[index]] : []
          return index == 0
            ? .tag("th", ["scope": "row", "class": style(column)], cell)
            : .tag("td", ["class": style(column)], cell)
        })
    }
    let table = Markup.tag(
      "table", [:],
      [
        .tag("caption", [:], [.text(caption)]), .tag("thead", [:], [.tag("tr", [:], head)]),
        .tag("tbody", [:], body),
      ])
    return .scrolling(table, label: caption)
  }

  private func style(_ column: Column) -> String { column.isNumber ? "number" : "text" }
}

/// A table with a head; the first cell of each row names the row.
package struct Table: Sendable {
  package var caption: String
  package var columns: [Column]
  package var rows: [[Markup]]

  package struct Column: Sendable {
    package var title: String
    /// Columns of numbers are aligned to the right.
    package var isNumber: Bool

    package init(_ title: String, isNumber: Bool = false) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  /// A row that is shorter than `columns` ends with empty cells. Cells past the last column are left out.
  package init(caption: String, columns: [Column], rows: [[Markup]]) {
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  package var markup: Markup {
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

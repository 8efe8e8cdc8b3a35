/// A drawing of values against something that grows, as steps or as dots. Both axes begin at 0.
package struct Chart: Sendable {
  /// What the chart shows, in words. It is also the text for readers who cannot see the picture.
  package var title: String
  package var x: String
  package var y: String
  package var style: Style
  package var series: [Series]

  package enum Style: Sendable {
    /// A value holds until the next one.
    case steps
    /// Each value is an event of its own: a circle in the first series, a cross in the second.
    case dots
  }

  package struct Series: Sendable {
    package var name: String
    package var points: [Point]

    package init(_ name: String, _ points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  package init(title: String, x: String, y: String, style: Style, series: [Series]) {
    self.title = title
    self.x = x
    self.y = y
    self.style = style
    self.series = series
  }

  // Units of the drawing. The names of the axes are above and below the plot.
  private static let width = 520.0
  private static let height = 250.0
  private static let plot = (left: 52.0, right: 508.0, top: 24.0, bottom: 208.0)

  package var markup: Markup {
    let points = series.flatMap(\.points)
    let xs = Scale(upTo: points.map(\.x).max() ?? 0)
    let ys = Scale(upTo: points.map(\.y).max() ?? 0)
    let picture = Markup.tag(
      "svg",
      [
        "viewBox": "0 0 \(Scale.coordinate(Self.width)) \(Scale.coordinate(Self.height))", "role": "img",
        "aria-label": title,
      ],
      [.tag("title", [:], [.text(title)])] + axes(xs, ys)
        + series.enumerated().map { draw($1, index: $0, xs, ys) })
    return .figure(title: title, [picture], key: series.enumerated().map { key($1, index: $0) })
  }

  private func axes(_ xs: Scale, _ ys: Scale) -> [Markup] {
    let p = Self.plot
    var parts = ys.ticks.flatMap { tick -> [Markup] in
      let at = down(tick, ys)
      let line = "M\(Scale.coordinate(p.left)) \(at)H\(Scale.coordinate(p.right))"
      return [
        .tag("path", ["class": "axis", "d": line]),
        .tag(
          "text", ["x": Scale.coordinate(p.left - 6), "y": at, "text-anchor": "end", "dy": "4"],
          [.text(Scale.label(tick))]),
      ]
    }
    parts += xs.ticks.map {
      .tag(
        "text",
        [
          "x": across($0, xs), "y": Scale.coordinate(p.bottom + 16),
          "text-anchor": $0 == 0 ? "start" : $0 >= xs.end ? "end" : "middle",
        ], [.text(Scale.label($0))])
    }
    return parts + [
      .tag("text", ["x": "4", "y": "12"], [.text(y)]),
      .tag(
        "text",
        ["x": Scale.coordinate(p.right), "y": Scale.coordinate(Self.height - 6), "text-anchor": "end"],
        [.text(x)]),
    ]
  }

  private func draw(_ series: Series, index: Int, _ xs: Scale, _ ys: Scale) -> Markup {
    var path = ""
    for point in series.points {
      let x = across(point.x, xs)
      let y = down(point.y, ys)
      switch style {
      case .steps: path += path.isEmpty ? "M\(x) \(y)" : "H\(x)V\(y)"
      case .dots where index % 2 == 0: path += "M\(x) \(y)m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"
      case .dots: path += "M\(x) \(y)m-3-3l6 6m0-6l-6 6"
      }
    }
    let name = style == .steps ? "steps" : "dots"
    return .tag("path", ["class": "\(name) s\(index % 4 + 1)", "d": path.isEmpty ? "M0 0" : path])
  }

  /// A series' entry in the legend: what it looks like, and its name.
  private func key(_ series: Series, index: Int) -> Markup {
    let look =
      style == .steps
      ? "M0 6H28" : index % 2 == 0 ? "M11 6a3 3 0 1 0 6 0a3 3 0 1 0 -6 0" : "M11 3l6 6m0 -6l-6 6"
    let name = style == .steps ? "steps" : "dots"
    let sample = Markup.tag(
      "svg", ["viewBox": "0 0 28 12", "aria-hidden": "true"],
      [.tag("path", ["class": "\(name) s\(index % 4 + 1)", "d": look])])
    return .tag("span", ["class": "key"], [sample, .text(series.name)])
  }

  private func across(_ x: Double, _ scale: Scale) -> String {
    Scale.coordinate(Self.plot.left + scale.fraction(x) * (Self.plot.right - Self.plot.left))
  }

  private func down(_ y: Double, _ scale: Scale) -> String {
    Scale.coordinate(Self.plot.bottom - scale.fraction(y) * (Self.plot.bottom - Self.plot.top))
  }
}

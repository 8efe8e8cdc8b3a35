/// Values drawn as bars, which all begin at zero.
package struct Bars: Sendable {
  /// What the values are.
  package var title: String
  package var bars: [Bar]

  package struct Bar: Sendable {
    package var label: String
    package var value: Double
    /// The value as readers see it.
    package var text: String

    package init(label: String, value: Double, text: String) {
      self.label = label
      self.value = value
      self.text = text
    }
  }

  package init(title: String, bars: [Bar]) {
    self.title = title
    self.bars = bars
  }

  package var markup: Markup {
    let longest = bars.map(\.value).filter(\.isFinite).max() ?? 0
    let rows = bars.enumerated().flatMap { index, bar -> [Markup] in
      let share = bar.value.isFinite && longest > 0 ? max(bar.value / longest, 0) : 0
      let width = Scale.coordinate(share * 100)
      let fill = Markup.tag("span", ["class": "fill s\(index % 4 + 1)", "style": "width:\(width)%"])
      return [
        .tag("span", [:], [.text(bar.label)]),
        .tag("span", ["class": "track", "aria-hidden": "true"], [fill]),
        .tag("span", ["class": "number"], [.text(bar.text)]),
      ]
    }
    return .figure(title: title, [.tag("div", ["class": "bars"], rows)])
  }
}

import HostSupport
import Sv39MMU
import WebPage

/// A drawing of a page-table walk: the address's three indices, each table with the entry that was read, and
/// the result.
struct WalkPicture {
  let walk: PageWalk

  // The drawing has its own units. A row is one level: the table as a strip of 512 entries, and the entry
  // below it.
  private static let width = 520
  private static let rowHeight = 58
  private static let strip = (left: 92, width: 416, height: 12)

  var markup: Markup {
    let height = (walk.steps.count + 1) * Self.rowHeight + 8
    let rows = walk.steps.enumerated().flatMap { row($1, at: $0 * Self.rowHeight + 8) }
    let title = "The walk of \(hex(walk.va))"
    let svg = Markup.tag(
      "svg", ["viewBox": "0 0 \(Self.width) \(height)", "role": "img", "aria-label": "\(title): \(verdict)"],
      [.tag("title", [:], [.text(title)])] + rows + end(at: walk.steps.count * Self.rowHeight + 8))
    return .tag("figure", [:], [svg, .tag("figcaption", [:], [.text(caption)])])
  }

  private func row(_ step: PageWalk.Step, at y: Int) -> [Markup] {
    let x = Self.strip.left + step.index * (Self.strip.width - 6) / Sv39.entriesPerTable
    let middle = x + 3
    let table = step.level == Sv39.levels - 1 ? "root" : "level \(step.level)"
    let entry = step.entry.v ? "\(hex(step.entry.pa)) \(step.entry.flags)" : "\(step.entry.flags)"
    // The words stand on the side that has room for them.
    let isLeft = step.index < Sv39.entriesPerTable / 2
    let words = Markup.tag(
      "text",
      [
        "class": "code", "x": "\(isLeft ? middle + 8 : middle - 8)", "y": "\(y + 34)",
        "text-anchor": isLeft ? "start" : "end",
      ], [.text("[\(step.index)] \(entry)")])
    return [
      label("\(table)", y + 11),
      .tag(
        "rect",
        [
          "class": "box", "x": "\(Self.strip.left)", "y": "\(y)", "width": "\(Self.strip.width)",
          "height": "\(Self.strip.height)",
        ]),
      .tag(
        "rect",
        ["class": "hit", "x": "\(x)", "y": "\(y)", "width": "6", "height": "\(Self.strip.height)"]),
      .tag("path", ["class": "arrow", "d": "M\(middle) \(y + Self.strip.height)V\(y + Self.rowHeight - 4)"]),
      .tag(
        "path", ["class": "arrow", "d": "M\(middle - 4) \(y + Self.rowHeight - 9)l4 5l4 -5"]),
      words,
    ]
  }

  private func end(at y: Int) -> [Markup] {
    let isFault = if case .fault = walk.result { true } else { false }
    return [
      label(isFault ? "fault" : "page", y + 22),
      .tag(
        "rect",
        [
          "class": isFault ? "box stop" : "box go", "x": "\(Self.strip.left)", "y": "\(y)",
          "width": "\(Self.strip.width)", "height": "34",
        ]),
      .tag(
        "text", ["class": "code", "x": "\(Self.strip.left + 10)", "y": "\(y + 22)"], [.text(verdict)]),
    ]
  }

  private func label(_ text: String, _ y: Int) -> Markup {
    .tag("text", ["x": "\(Self.strip.left - 10)", "y": "\(y)", "text-anchor": "end"], [.text(text)])
  }

  private var verdict: String {
    switch walk.result {
    case .fault(let fault): fault.description
    case .translated(let found): "\(hex(found.physicalAddress)), and allowed"
    }
  }

  /// The parts of the address.
  private var caption: String {
    let indices = (0..<Sv39.levels).reversed().map { "VPN[\($0)] \(PX($0, walk.va))" }
    return "\(hex(walk.va)): \(indices.joined(separator: ", ")), offset \(hex(walk.va & (PGSIZE - 1)))"
  }
}

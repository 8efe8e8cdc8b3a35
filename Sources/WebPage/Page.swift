/// One HTML file that needs no other file: no scripts, fonts or pictures from elsewhere.
///
/// It is XML too. It follows the reader's choice of light or dark, fits wide and narrow windows, and can be
/// printed. It can also be read with the keyboard: readers can jump to sections, open folded parts, and
/// scroll wide tables.
package struct Page: Sendable {
  package var title: String
  /// What is shown below the title.
  package var introduction: [Markup]
  package var sections: [Section]
  /// Which program made the page.
  package var footer: String

  package struct Section: Sendable {
    /// The target of links to the section: letters, digits and hyphens that the page chooses.
    package var id: String
    package var title: String
    /// A word or two beside the title in the list of sections.
    package var note: String
    package var body: [Markup]

    package init(id: String, title: String, note: String = "", body: [Markup]) {
      self.id = id
      self.title = title
      self.note = note
      self.body = body
    }
  }

  package init(title: String, introduction: [Markup] = [], sections: [Section] = [], footer: String = "") {
    self.title = title
    self.introduction = introduction
    self.sections = sections
    self.footer = footer
  }

  /// The contents of the file.
  package var html: String {
    let head = Markup.tag(
      "head", [:],
      [
        .tag("meta", ["charset": "utf-8"]),
        .tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .tag("title", [:], [.text(title)]), Markup(source: "<style>\(StyleSheet.text)</style>"),
      ])
    let skip = Markup.tag("a", ["class": "skip", "href": "#content"], ["Skip to the content"])
    let header = Markup.tag("header", [:], [.tag("h1", [:], [.text(title)])] + introduction)
    let main = Markup.tag("main", ["id": "content"], sections.map(section))
    let close = footer.isEmpty ? [] : [Markup.tag("footer", [:], [.text(footer)])]
    let body = Markup.tag("body", [:], [skip, header] + contents + [main] + close)
    let root = Markup.tag("html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"], [head, body])
    return "<!DOCTYPE html>\n" + root.source + "\n"
  }

  /// The list of sections, if there are several.
  private var contents: [Markup] {
    guard sections.count > 1 else { return [] }
    let items = sections.map { section -> Markup in
      let link = Markup.tag("a", ["href": "#" + section.id], [.text(section.title)])
      let note = section.note.isEmpty ? [] : [" ", Markup.tag("span", [:], [.text(section.note)])]
      return .tag("li", [:], [link] + note)
    }
    return [.tag("nav", ["aria-label": "Sections"], [.tag("ul", [:], items)])]
  }

  private func section(_ section: Section) -> Markup {
    let heading = Markup.tag("h2", ["id": section.id + "-title"], [.text(section.title)])
    return .tag(
      "section", ["id": section.id, "aria-labelledby": section.id + "-title"], [heading] + section.body)
  }
}

extension Markup {
  /// A part that is closed until the reader opens it.
  package static func folded(_ summary: Markup, _ body: [Markup], isOpen: Bool = false) -> Markup {
    let children = [.tag("summary", [:], [summary])] + body
    return isOpen ? .tag("details", ["open": "open"], children) : .tag("details", [:], children)
  }

  /// Blocks side by side if there is room, else below each other.
  package static func grid(_ blocks: [Markup]) -> Markup { .tag("div", ["class": "grid"], blocks) }

  /// A block that scrolls by itself if it is wider than the window, also with the keyboard.
  static func scrolling(_ block: Markup, label: String) -> Markup {
    .tag("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label], [block])
  }

  /// A title, a picture below it, and the legend below that.
  static func figure(title: String, _ picture: [Markup], key: [Markup] = []) -> Markup {
    .tag(
      "figure", [:],
      [.tag("figcaption", [:], [.text(title)])] + picture + (key.isEmpty ? [] : [.tag("div", [:], key)]))
  }
}

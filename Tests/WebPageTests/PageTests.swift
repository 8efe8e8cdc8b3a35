import Foundation
import Testing

@testable import WebPage

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Pages are well-formed, show the text that was written, and need no other file.
@Suite struct PageTests {
  static let hostile = "</style><script>alert(\"x\")</script>'&amp;\u{1B}[31m\u{202E}\u{FFFE}\u{0}]]>"

  private var page: Page {
    let cell = Markup.text(Self.hostile)
    let chart = Chart(
      title: Self.hostile, x: Self.hostile, y: "y", style: .steps,
      series: [
        .init(Self.hostile, [.init(x: 0, y: 1), .init(x: .nan, y: .infinity), .init(x: 1e300, y: -5)])
      ])
    return Page(
      title: Self.hostile, introduction: [.tag("p", [:], [cell])],
      sections: [
        .init(
          id: "a", title: "A", note: Self.hostile,
          body: [
            Table(caption: Self.hostile, columns: [.init("c"), .init("n", isNumber: true)], rows: [[cell]])
              .markup,
            chart.markup, AddressMap(title: Self.hostile, cells: [.image, .some, .owed]).markup,
            AddressMap.key,
          ]),
        .init(
          id: "b", title: "B",
          body: [
            .folded(cell, [Bars(title: "t", bars: [.init(label: "l", value: .nan, text: "0")]).markup])
          ]),
      ], footer: Self.hostile)
  }

  @Test func `a page is well-formed, whatever text is in it`() throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(page.html.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    #expect(!reader.elements.contains("script"))
    let shown = "</style><script>alert(\"x\")</script>'&amp;\\u{1b}[31m\\u{202e}\\u{fffe}\\u{0}]]>"
    #expect(reader.text.contains(shown))
    #expect(reader.attributes.contains(shown))
  }

  @Test func `a page needs nothing from elsewhere`() {
    let html = page.html.replacing("http://www.w3.org/1999/xhtml", with: "")
    for word in ["http", "src=", "url(", "@import", "<link", "<script"] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(html.contains("prefers-color-scheme: dark"))
  }

  @Test func `elements that must have an end have one`() {
    #expect(Markup.tag("td").source == "<td></td>")
    #expect(Markup.tag("br").source == "<br />")
    #expect(Markup.tag("a", ["href": "#x"], ["a \("<b>")"]).source == "<a href=\"#x\">a &lt;b&gt;</a>")
  }

  @Test func `a short row ends with empty cells`() {
    let table = Table(caption: "c", columns: [.init("a"), .init("b", isNumber: true)], rows: [["1"]])
    #expect(
      table.markup.source.contains(
        "<tbody><tr><th scope=\"row\" class=\"text\">1</th><td class=\"number\"></td></tr></tbody>"))
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var elements: Set<String> = []
    var text = ""
    var attributes: Set<String> = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes found: [String: String]
    ) {
      elements.insert(name)
      attributes.formUnion(found.values)
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }
}

import Foundation
import Sv39MMU
import Testing

@testable import LabMeter
@testable import LabModel
@testable import LabReports

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The page about gradings: it is well-formed and complete, and needs no other file.
struct HTMLFormatTests {
  private static let hostile = "</dd><script>x</script> & \"q\" \u{1B}[31m"

  private static func entry(_ name: String, _ outcome: Grading.Outcome?) -> Grading.Entry {
    Grading.Entry(
      name: name, title: "usertests: \(name)", group: "usertests", points: 4, expects: "a page of zeroes",
      outcome: outcome)
  }

  /// A walk that ends at level 0: entry 1 of the root, 2 of the next table, and 511 of the last.
  private static let walk: PageWalk = {
    let va: UInt64 = 1 << 30 | 2 << 21 | 511 << 12 | 0x10
    let pointers: [UInt64] = [0x8000_1000, 0x8000_2000]
    let steps = [
      PageWalk.Step(level: 2, index: 1, address: 0x8000_0008, entry: PTE(pa: pointers[0], flags: .v)),
      PageWalk.Step(level: 1, index: 2, address: 0x8000_1010, entry: PTE(pa: pointers[1], flags: .v)),
      PageWalk.Step(level: 0, index: 511, address: 0x8000_2ff8, entry: PTE(rawValue: 0)),
    ]
    return PageWalk(
      va: va, access: .load, privilege: .user, steps: steps, result: .fault(.invalid(level: 0)))
  }()

  private static let grading: Grading = {
    let mistake = Mistake(
      id: "m", name: "a page is forgotten", explanation: hostile, concept: "paging", staffNote: "look there")
    let fault = FaultReport(
      kind: .fault, pid: 3, program: "usertests", access: .load, address: walk.va, repetitions: 1,
      region: .heap, size: 1 << 31, walk: walk, response: .killed, expected: .mapZeroedPage)
    let lost = Grading.Outcome(
      verdict: "killed", explanation: hostile, instructions: 7, console: hostile,
      diagnosis: Diagnosis(fault: fault, mistakes: [mistake]))
    let passed = Grading.Outcome(verdict: "passed", explanation: nil, instructions: 5, console: "")
    return Grading(
      solution: "my/kernel", lab: "lazy", edition: "2020",
      tests: [entry("map", passed), entry("copy", lost), entry("late", nil)])
  }()

  private static func page(_ gradings: [Grading] = [grading], _ feedback: Feedback = .student) -> String {
    HTMLFormat.text(gradings, feedback)
  }

  /// A page's elements, ids, links and text.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [String] = []
    var ids: [String] = []
    var links: [String] = []
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements.append(name)
      if let id = attributes["id"] { ids.append(id) }
      if let link = attributes["href"] { links.append(link) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }

  private static func read(_ page: String) -> Reader? {
    let reader = Reader()
    let parser = XMLParser(data: Data(page.utf8))
    parser.delegate = reader
    return parser.parse() ? reader : nil
  }

  @Test(arguments: Feedback.allCases)
  func `a page is well-formed, whatever a solution printed`(_ feedback: Feedback) throws {
    let reader = try #require(Self.read(Self.page([Self.grading, Self.grading], feedback)))
    #expect(!reader.elements.contains("script"))
    #expect(Set(reader.ids).count == reader.ids.count)
    let targets = Set(reader.ids.map { "#" + $0 })
    #expect(reader.links.allSatisfy(targets.contains), "every link leads to a place of the page")
    #expect(!reader.text.contains("\u{1B}"))
  }

  @Test func `a lost test is explained, and its walk is drawn`() throws {
    let text = try #require(Self.read(Self.page())).text
    #expect(text.contains("my/kernel: 4/12"))
    #expect(text.contains("a page is forgotten"))
    #expect(text.contains("[1] 0x80001000 V-------"))
    #expect(text.contains("[511] --------"))
    #expect(text.contains("no valid entry (V clear) at level 0"))
    #expect(text.contains("VPN[2] 1, VPN[1] 2, VPN[0] 511, offset 0x10"))
    #expect(text.contains("has not run"))
  }

  @Test func `as much is told as the level allows`() throws {
    #expect(!Self.page([Self.grading], .staff).contains("look there"))
    #expect(Self.page([Self.grading], .full).contains("look there"))
    #expect(!Self.page([Self.grading], .staff).contains("What the console showed"))
    #expect(Self.page([Self.grading], .full).contains("What the console showed"))
  }

  @Test func `one that could not be graded says why`() throws {
    var broken = Grading(solution: "broken", lab: "lazy", edition: "2020", tests: [])
    broken.problem = "does <not> compile"
    let reader = try #require(Self.read(Self.page([Self.grading, broken])))
    #expect(reader.text.contains("does <not> compile"))
    #expect(reader.text.contains("2 solutions"))
  }
}

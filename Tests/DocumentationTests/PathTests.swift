import Foundation
import Testing

/// The pages for people name files. Each of these files exists.
struct PathTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The pages, by their paths from the root.
  private static let pages: [String] = {
    let docs = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
    return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
      + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }()

  /// Every file and folder of the tree, by its path from the root. Git's own files and what a
  /// build makes are left out.
  private static let tree: Set<String> = {
    var paths: Set<String> = []
    let files = FileManager.default.enumerator(atPath: root.path)
    while let path = files?.nextObject() as? String {
      if path == ".git" || path == ".build" {
        files?.skipDescendants()
      } else {
        paths.insert(path)
      }
    }
    return paths
  }()

  private static let names = Set(tree.map { String($0.split(separator: "/").last ?? "") })

  /// The top folders of the tree: a path that begins with one of them is ours.
  private static let top = ["Sources", "Tests", "labs", "docs", "Plugins", ".ci"]

  /// Files of a reader's own, which the tree does not have.
  private static let others: Set<String> = ["MySolution.swift"]

  private static func page(_ name: String) throws -> String {
    try String(contentsOf: root.appending(path: name), encoding: .utf8)
  }

  /// The text of a page without its blocks of commands and output.
  private static func prose(_ page: String) -> String {
    var isInside = false
    return page.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      let isFence = line.hasPrefix("```")
      if isFence { isInside.toggle() }
      return !isFence && !isInside
    }.joined(separator: "\n")
  }

  /// A path of the tree from its root, or the name of a Swift file or a page, in any folder.
  /// (The name of a C file may be xv6's.)
  @Test func `every path in backticks exists`() throws {
    var seen = 0
    for name in Self.pages {
      for match in Self.prose(try Self.page(name)).matches(of: /`([^`\n]+)`/) {
        let word = String(match.output.1)
        let path = word.hasSuffix("/") ? String(word.dropLast()) : word
        guard path.wholeMatch(of: /[A-Za-z0-9_.+\/-]+/) != nil else { continue }
        let isOurs = path.split(separator: "/").first.map { Self.top.contains(String($0)) } ?? false
        if isOurs && path.contains("/") {
          seen += 1
          if !Self.tree.contains(path) { Issue.record("\(name) names \(word)") }
        } else if path.wholeMatch(of: /[A-Za-z0-9_+-]+\.(swift|md)/) != nil, !Self.others.contains(path) {
          seen += 1
          if !Self.names.contains(path) { Issue.record("\(name) names \(word)") }
        }
      }
    }
    #expect(seen > 150)
  }

  @Test func `every link inside the project leads somewhere`() throws {
    var seen = 0
    for name in Self.pages {
      let folder = name.contains("/") ? "docs/" : ""
      for match in Self.prose(try Self.page(name)).matches(of: /\]\(([^)\s]+)\)/) {
        let link = String(match.output.1)
        guard !link.contains("://"), !link.hasPrefix("#") else { continue }
        seen += 1
        let path = link.split(separator: "#").first.map(String.init) ?? ""
        let resolved = path.hasPrefix("../") ? String(path.dropFirst(3)) : folder + path
        if !Self.tree.contains(resolved) { Issue.record("\(name) links to \(link)") }
      }
    }
    #expect(seen > 40)
  }

  /// README is the way to every other page.
  @Test func `README links every page`() throws {
    let readme = try Self.page("README.md")
    for page in Self.pages where page != "README.md" {
      #expect(readme.contains("(\(page))"), "README.md does not link \(page)")
    }
  }

  @Test func `README stays short`() throws {
    #expect(try Self.page("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 200)
  }
}

/// An architecture as a file's attributes name it, `rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zba1p0`, and
/// in the short form that people write, `rv64gc_zba` (unprivileged specification, "ISA Extension Naming
/// Conventions").
package struct ArchitectureName: Sendable {
  /// Without versions; `g` is for what it stands for.
  package let short: String
  /// Whether it has an extension that neither rv64gc nor this machine has.
  package let hasMore: Bool

  /// What `g` and `c` have, and what this machine has besides.
  private static let known: Set<String> = [
    "i", "m", "a", "f", "d", "c", "b", "zicsr", "zifencei", "zmmul", "zaamo", "zalrsc", "zca",
    "zcd", "zicntr", "zihpm", "zihintpause", "zihintntl", "zba", "zbb", "zbs", "zbc", "zicond",
    "zcb", "zimop", "zcmop", "zicbop", "zicbom", "zicboz", "zic64b", "ziccif", "ziccrse",
    "ziccamoa", "zicclsm", "za64rs", "zkt",
  ]
  /// The most extensions that the short form names, as RVA23 has dozens.
  private static let shown = 6

  package init(_ text: String) {
    var parts = text.lowercased().split(separator: "_").map { String(Self.withoutVersion($0)) }
    var base = ""
    // The letters after the width are extensions too.
    if let first = parts.first, first.hasPrefix("rv") {
      base = String(first.prefix { $0 == "r" || $0 == "v" || $0.isNumber })
      parts = first.dropFirst(base.count).map(String.init) + parts.dropFirst()
    }
    hasMore = parts.contains { !Self.known.contains($0) }
    let general = ["i", "m", "a", "f", "d"]
    var letters = parts.filter { $0.count == 1 }
    var words = parts.filter { $0.count > 1 }
    words.removeAll { word in letters.contains { Self.isPart(word, of: $0) } }
    if general.allSatisfy(letters.contains) {
      letters = ["g"] + letters.filter { !general.contains($0) }
      words.removeAll { ["zicsr", "zifencei"].contains($0) }
    }
    let rest = words.count > Self.shown ? "_..." : ""
    short = base + letters.joined() + words.prefix(Self.shown).map { "_" + $0 }.joined() + rest
  }

  /// Whether whoever has the extension with this letter has `name` too.
  private static func isPart(_ name: String, of letter: String) -> Bool {
    switch letter {
    case "m": name == "zmmul"
    case "a": name == "zaamo" || name == "zalrsc"
    case "c": name == "zca" || name == "zcd"
    case "v": name.hasPrefix("zve") || name.hasPrefix("zvl")
    default: false
    }
  }

  /// `zba1p0` is `zba`. The version is digits, `p`, digits.
  private static func withoutVersion(_ name: Substring) -> Substring {
    guard let last = name.last, last.isNumber else { return name }
    let minor = name.reversed().prefix { $0.isNumber }.count
    let major = name.dropLast(minor)
    guard major.last == "p", let digit = major.dropLast().last, digit.isNumber else { return name }
    return major.dropLast().dropLast(major.dropLast().reversed().prefix { $0.isNumber }.count)
  }
}

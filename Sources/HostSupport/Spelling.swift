/// Compares words that a person may have misspelled.
package enum Spelling {
  /// How many letters must be changed, added, left out, or swapped with their neighbour to make `b` of `a`
  /// (the optimal string alignment distance).
  package static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var rows = [Array(0...b.count)]
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        var best = min(
          row[j - 1] + 1, rows[i - 1][j] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, rows[i - 2][j - 2] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }

  /// The word of `words` that was probably meant by `word`; nil if none is near enough.
  package static func meant(by word: String, of words: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    // The dashes of an option are always right.
    let allowed = max(1, word.drop { $0 == "-" }.count / 3)
    let near = words.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
      .filter { $0.distance <= allowed && $0.distance < $0.word.count }
    return near.min { $0.distance < $1.distance }?.word
      ?? (word.count >= 4 ? words.first { $0.hasPrefix(word) } : nil)
  }

  /// The end of a message about a word that is not known.
  package static func hint(for word: String, of words: [String]) -> String {
    meant(by: word, of: words).map { "; did you mean \($0)?" } ?? ""
  }
}

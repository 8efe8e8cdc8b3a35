extension String {
  /// At most `limit` bytes of the text, cut between characters. If something was cut off, a mark follows.
  package func shortened(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    let mark = "\n[...]"
    var kept = ""
    var room = limit - mark.utf8.count
    for character in self {
      room -= character.utf8.count
      if room < 0 { break }
      kept.append(character)
    }
    return kept + mark
  }
}

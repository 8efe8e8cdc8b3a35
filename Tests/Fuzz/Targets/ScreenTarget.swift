import HostSupport

extension FuzzTarget {
  /// A guest's console on a terminal, in pieces. The first byte is the length of the pieces.
  static let screen = FuzzTarget(
    name: "screen", maxLength: 512,
    seeds: {
      [
        [3] + Array("plain \u{1B}[31m\u{9B}2J\u{202E}\u{1F600}é\r\n\u{08}\t".utf8),
        [1, 0xC2, 0x9B, 0xE2, 0x80, 0xAE, 0xF0, 0x9F, 0x98, 0xFF, 0xED, 0xA0, 0x80, 0xC0, 0x80, 0xE2, 0x28],
      ]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      let size = 1 + input.choice(16)
      var whole = VisibleBytes()
      var all = Array(input.rest)
      let expected = whole.shown(all) + whole.end()
      var pieces = VisibleBytes()
      var shown: [UInt8] = []
      while !all.isEmpty {
        shown += pieces.shown(Array(all.prefix(size)))
        all.removeFirst(min(size, all.count))
      }
      shown += pieces.end()
      try promiseSame(shown, expected, "what a screen shows, in pieces and at once")
      guard let text = String(validating: shown, as: UTF8.self) else {
        throw BrokenPromise(description: "what a screen shows is UTF-8: \(shown)")
      }
      // The characters with which xv6 edits its lines are kept.
      let harmless: Set<Unicode.Scalar> = ["\n", "\r", "\t", "\u{08}"]
      let rest = String(String.UnicodeScalarView(text.unicodeScalars.filter { !harmless.contains($0) }))
      try promise(VisibleText.isPlain(rest), "what a screen shows commands nothing: \(rest.debugDescription)")
    })
}

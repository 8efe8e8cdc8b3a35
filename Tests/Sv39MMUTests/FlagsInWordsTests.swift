import Sv39MMU
import Testing

/// The words that explanations and reports use for an entry's flags.
struct FlagsInWordsTests {
  @Test(
    arguments: [
      ([], "not valid"), ([.v], "valid"), ([.v, .r, .w, .u], "valid, readable, writable, user"),
      ([.v, .r, .w, .x, .u, .a, .d], "valid, readable, writable, executable, user; accessed, dirty"),
      ([.v, .r, .x, .a], "valid, readable, executable, not user; accessed"),
      ([.v, .r, .w, .x], "valid, readable, writable, executable, not user"),
      ([.v, .r, .u, .g, .d], "valid, readable, user, global; dirty"),
      ([.v, .u], "valid, user"),
      ([.r, .w], "not valid (other bits set: -RW-----)"),
      ([.v, .x, .u, .rsw], "valid, executable, user; the kernel's own bits 3"),
    ] as [(PTE.Flags, String)])
  func `flags are spelled out`(flags: PTE.Flags, words: String) {
    #expect(flags.spelledOut == words)
  }

  /// Two sets of flags that mean different things to a hart have different words.
  @Test func `every set of flags has words of its own`() {
    let words = Set((0..<1024 as Range<UInt64>).map { PTE.Flags(rawValue: $0).spelledOut })
    #expect(words.count == 1024)
  }
}

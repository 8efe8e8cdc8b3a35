import Sv39MMU

/// The other page that a block goes through.
///
/// Such a block is valid only if that page, too, is mapped as it was when the block was decoded, and has not
/// been overwritten since. So this is compared whenever the block is looked up. After that, a jump table
/// leads to the block. It is emptied when the translation of a page with code changes or decoded code is
/// overwritten.
struct SecondPage: Equatable {
  /// Its place in RAM, in pages.
  var page: UInt32
  /// Its version when the block was decoded (`CodeMarks`).
  var version: UInt32
  /// Its distance in virtual memory from the page that the block starts in, in pages.
  var distance: Int16
}

/// A page that a block is decoded from.
struct CodePage {
  /// Its place in host memory, and its distance from the start of RAM.
  var host: UnsafeMutableRawPointer
  var ramOffset: UInt64
  /// Its distance, in bytes, from the page that the block starts in.
  var distance: Int

  /// The distances that a record's `offset` reaches.
  static let distances = -0x7000...0x6000
}

/// The pages of a block while it is decoded.
struct BlockPages {
  var first: CodePage
  var second: CodePage?
  /// `BlockHeader.missing`
  var missing: Int16 = 0
}

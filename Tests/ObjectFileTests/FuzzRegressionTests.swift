import Testing

@testable import ObjectFile

/// Files with which fuzzing broke a promise, made as small as possible.
struct FuzzRegressionTests {
  /// A header in which some bytes are replaced, given by their offsets.
  private static func header(_ fields: [(offset: Int, value: UInt8)]) -> [UInt8] {
    var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 73)
    for (offset, value) in [(16, 2), (18, 243), (20, 1), (52, 64)] + fields { bytes[offset] = value }
    return bytes
  }

  @Test(
    "a loadable image can be read",
    arguments: [
      // No program headers, but a place for them past the part of the file that is kept.
      header([(32, 70)])
    ])
  func loadableImage(bytes: [UInt8]) throws {
    let image = try ELF(parsing: bytes).loadableImage()
    #expect(try ELF(parsing: image).loadableImage() == image)
  }
}

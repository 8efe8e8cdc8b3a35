import Testing

@testable import ObjectFile

/// Files by which fuzzing broke a promise, as small as they became.
struct FuzzRegressionTests {
  /// A header, with what is put over it, by offset.
  private static func header(_ fields: [(offset: Int, value: UInt8)]) -> [UInt8] {
    var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 73)
    for (offset, value) in [(16, 2), (18, 243), (20, 1), (52, 64)] + fields { bytes[offset] = value }
    return bytes
  }

  @Test(
    "a loadable image can be read",
    arguments: [
      // No program headers, and a place for them behind what is kept of the file.
      header([(32, 70)])
    ])
  func loadableImage(bytes: [UInt8]) throws {
    let image = try ELF(parsing: bytes).loadableImage()
    #expect(try ELF(parsing: image).loadableImage() == image)
  }
}

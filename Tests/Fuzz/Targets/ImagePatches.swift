import XV6FileSystem

/// A small sound disk image, and damage to its important places. Fuzzing a whole image would spend its time
/// in blocks that nobody reads.
///
/// The image has 100 blocks and 32 inodes: superblock 1, log 2 to 31, inodes 32 to 34, map 35, data from 36
/// on.
enum ImagePatches {
  static let sound: FileSystemImage? = {
    var image = try? FileSystemImage(
      blocks: 100, inodes: 32,
      files: [
        .init(path: "a", contents: [UInt8](repeating: 0x5A, count: 14 * 1024)),
        .init(path: "d/b", contents: Array("contents\n".utf8)),
        .init(path: "d/e/f", contents: []),
      ])
    try? image?.makeDevice("console", major: 1, minor: 0)
    return image
  }()

  /// The bytes of the image that a patch can reach: superblock, log header, first logged block, inodes, map,
  /// and the blocks of directories and of the indirect block.
  private static let places: [Range<Int>] = [
    1024..<1056, 2048..<2176, 3072..<4096, 32768..<33408, 35840..<35856, 36864..<37008, 50 * 1024..<53 * 1024,
  ]

  /// Applies up to `count` patches from `input`. Each has three bytes: a place (two bytes) and a value.
  static func apply(_ input: inout FuzzInput, count: Int, to bytes: inout [UInt8]) {
    let reach = places.reduce(0) { $0 + $1.count }
    for _ in 0..<count {
      if input.isEmpty { return }
      var place = Int(input.number(UInt16.self)) % reach
      let value = input.byte()
      for range in places {
        if place < range.count {
          bytes[range.lowerBound + place] = value
          break
        }
        place -= range.count
      }
    }
  }
}

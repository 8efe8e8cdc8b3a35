import TestSupport
import Testing

@testable import XV6FileSystem

@Suite struct RandomEditTests {
  /// A random sequence of edits on a small image, which is often full. A dictionary holds what must be in the
  /// image; both are compared after every step.
  @Test("edits in a random order keep the image sound", arguments: 1...4 as ClosedRange<UInt64>)
  func sequences(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var image = try FileSystemImage(blocks: 130, inodes: 24)
    let empty = (blocks: image.freeBlocks, inodes: image.freeInodes)
    var files: [String: [UInt8]] = [:]
    var refusals: Set<String> = []

    for step in 0..<180 {
      let directory = ["", "d/", "d/e/", "g/"].randomElement(using: &random) ?? ""
      let path = directory + "f\(Int.random(in: 0..<6, using: &random))"
      let contents = random.bytes([0, 5, 1024, 3000, 14000, 40000].randomElement(using: &random) ?? 0)
      let before = image
      do throws(FileSystemError) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: try image.makeDirectory(["d", "d/e", "g"].randomElement(using: &random) ?? "d")
        case 1: try image.remove(["d", "d/e", "g"].randomElement(using: &random) ?? "d")
        case 2...5:
          try image.add(path, contents)
          files[path] = contents
        case 6, 7:
          try image.replace(path, contents)
          files[path] = contents
        default:
          try image.remove(path)
          files[path] = nil
        }
      } catch {
        refusals.insert(String("\(error)".suffix(12)))
        try #require(image == before, "seed \(seed), step \(step): \(error) changed the image")
      }
      try #require(image.check() == [], "seed \(seed), step \(step)")
    }
    for (path, contents) in files { #expect(try image.read(path) == contents, "seed \(seed), \(path)") }
    #expect(refusals.count > 2, "the sequence met no limits")

    for path in files.keys { try image.remove(path) }
    for directory in ["d/e", "d", "g"] { try? image.remove(directory) }
    #expect(image.freeBlocks == empty.blocks)
    #expect(image.freeInodes == empty.inodes)
    #expect(image.check() == [])
  }
}

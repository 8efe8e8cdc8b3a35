import XV6FileSystem

extension FuzzTarget {
  /// Edits of a disk image. The first byte is the number of patches. After these, there are operations of a
  /// few bytes each.
  static let edits = FuzzTarget(
    name: "edits", maxLength: 512,
    seeds: {
      [
        [0, 0, 6, 200, 1, 2, 8, 3, 9, 4, 1, 7, 5, 6, 5, 7],
        [0, 0, 6, 255, 1, 6, 10, 1, 2, 0, 5, 0, 2, 9, 2, 10, 2, 11, 5, 9],
        [1, 32, 0, 2, 0, 6, 3, 1, 0, 7],
      ]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      guard var image = ImagePatches.sound else { throw BrokenPromise(description: "a sound image") }
      let patches = input.choice(16)
      if patches > 0 {
        var disk = image.bytes
        ImagePatches.apply(&input, count: patches, to: &disk)
        guard let damaged = try? FileSystemImage(parsing: disk) else { return }
        image = damaged
      }
      let isSound = !image.check().contains(where: \.isDamage)
      for _ in 0..<64 {
        if input.isEmpty { break }
        let before = image.bytes
        do {
          try edit(&image, &input)
          try promise(image.bytes.count == before.count, "an image keeps its size")
          if isSound {
            let damage = image.check().first(where: \.isDamage)
            try promise(
              damage == nil,
              "an edit leaves a sound image sound: \(damage.map(String.init(describing:)) ?? "")")
          }
        } catch let error as FileSystemError {
          _ = error.description
          try promise(image.bytes == before, "an edit that fails leaves the image as it was: \(error)")
        }
      }
    })

  private static let paths = [
    "/", "a", "d", "d/b", "d/e", "d/e/f", "n", "d/n", "m", "d/e/m", "n/n", "a/b", ".", "d/..", "console",
    "a-name-of-15-by", "", "d//b", "no/where",
  ]

  private static func edit(_ image: inout FileSystemImage, _ input: inout FuzzInput) throws(FileSystemError) {
    let operation = input.choice(6)
    let path = paths[input.choice(paths.count)]
    switch operation {
    case 0: try image.add(path, contents(&input))
    case 1: try image.replace(path, contents(&input))
    case 2: try image.makeDirectory(path)
    case 3: try image.makeDevice(path, major: 1, minor: Int16(input.byte()))
    case 4: try image.link(path, as: paths[input.choice(paths.count)])
    default: try image.remove(path)
    }
  }

  /// Sizes near the end of a block, of the direct blocks, of the disk and of the largest file.
  private static func contents(_ input: inout FuzzInput) -> [UInt8] {
    let sizes = [0, 1, 1023, 1024, 1025, 12 * 1024, 12 * 1024 + 1, 20000, 40000, 60000, 274432, 274433]
    let byte = input.byte()
    return [UInt8](repeating: byte, count: sizes[Int(byte) % sizes.count])
  }
}

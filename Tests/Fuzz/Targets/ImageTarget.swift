import XV6FileSystem

extension FuzzTarget {
  /// A disk image. The first byte is the number of patches to a sound image (`ImagePatches`). The number 255
  /// means that a whole image follows instead.
  static let image = FuzzTarget(
    name: "image", maxLength: 8192,
    seeds: {
      let smallest = try FileSystemImage(blocks: 40, inodes: 8).bytes
      return [[0], [1, 4, 0, 101], [2, 32, 0, 1, 36, 0, 35], [255] + smallest.prefix(2048)]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      var disk: [UInt8]
      let patches = input.byte()
      if patches == 255 {
        disk = Array(input.rest)
      } else {
        guard let sound = ImagePatches.sound else { throw BrokenPromise(description: "a sound image") }
        disk = sound.bytes
        ImagePatches.apply(&input, count: Int(patches), to: &disk)
      }
      guard let findings = try? FileSystemImage.check(disk) else {
        try promise(
          (try? FileSystemImage(parsing: disk)) == nil, "an image that cannot be checked cannot be read")
        return
      }
      for finding in findings { _ = finding.description }
      guard var image = try? FileSystemImage(parsing: disk) else { return }
      try promiseSame(image.check(), findings, "the findings, by either way")
      let isSound = !findings.contains(where: \.isDamage)
      image.installLog()
      try promise(image.installLog() == 0, "an installed log is empty")
      try walk(image, isSound: isSound)
      if isSound {
        try promise(
          !image.check().contains(where: \.isDamage), "a sound image is sound with its log installed")
      }
    })

  /// Reads everything that directories lead to, a few levels deep. If the image is sound, all of it can be
  /// read.
  private static func walk(_ image: FileSystemImage, isSound: Bool) throws {
    var paths = ["/"]
    var seen = 0
    while let path = paths.popLast(), seen < 100 {
      seen += 1
      do {
        let status = try image.status(path)
        switch status.type {
        case .directory:
          let entries = try image.list(path)
          try promise(entries.count * 16 <= status.size, "a directory holds its entries")
          for entry in entries where entry.name != .dot && entry.name != .dotDot {
            let name = entry.name.description
            // A name that is not UTF-8 cannot be written in a path of ours.
            if FileName(name) == entry.name { paths.append(path + "/" + name) }
          }
        case .file:
          try promiseSame(try image.read(path).count, status.size, "the bytes of \(path)")
        case .device:
          break
        }
      } catch let error as FileSystemError {
        try promise(!isSound, "a sound image can be read: \(error)")
      }
    }
  }
}

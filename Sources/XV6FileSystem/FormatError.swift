/// Bytes that do not follow xv6's on-disk format. The caller knows the file's name and puts it in front:
/// `fs.img: offset 1024: superblock magic is 0x00000000, xv6's is 0x10203040`.
package struct FormatError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The place of the error, in bytes from the beginning of what was given.
  package var offset: Int

  /// What is wrong there.
  package var reason: Reason

  package enum Reason: Equatable, Sendable {
    /// The structure needs `needed` bytes from the offset on, but only `available` are there.
    case truncated(structure: String, needed: Int, available: Int)
    /// Not an xv6 file system.
    case badMagic(UInt32)
    /// The size is not a whole number of blocks.
    case notWholeBlocks(bytes: Int)
    /// The superblock contradicts itself or the image.
    case geometry(GeometryProblem)
  }

  package init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  package var description: String { "offset \(offset): \(reason)" }
}

extension FormatError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated(let structure, let needed, let available):
      "\(structure) needs \(needed) bytes, \(available) are left"
    case .badMagic(let magic):
      "superblock magic is \(hex(magic)), xv6's is \(hex(DiskLayout.magic))"
    case .notWholeBlocks(let bytes):
      "an image is a whole number of \(DiskLayout.blockSize)-byte blocks, this one has \(bytes) bytes"
    case .geometry(let problem):
      "\(problem)"
    }
  }
}

/// `0x` and eight hexadecimal digits.
func hex(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}

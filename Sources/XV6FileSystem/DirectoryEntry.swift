/// A name in a directory: at most DIRSIZ bytes, none of them NUL, in any encoding.
package struct FileName: Hashable, Sendable, CustomStringConvertible {
  // The 14 bytes, padded with NUL, as two little-endian numbers. So comparing names allocates no memory.
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// The empty name, which free entries have.
  package static let none = FileName()
  package static let dot = FileName(truncating: ".".utf8)
  package static let dotDot = FileName(truncating: "..".utf8)

  private init() {}

  /// The first DIRSIZ bytes up to a NUL, as `strncpy` and `namex` take them.
  package init(truncating bytes: some Sequence<UInt8>) {
    for (index, byte) in bytes.prefix(DiskLayout.nameSize).enumerated() {
      if byte == 0 { break }
      self[index] = byte
    }
  }

  /// The same for bytes in memory; this allocates no memory.
  package init(truncating bytes: UnsafeRawBufferPointer) {
    for (index, byte) in bytes.prefix(DiskLayout.nameSize).enumerated() {
      if byte == 0 { break }
      self[index] = byte
    }
  }

  /// The name, or `nil` if it does not fit, is empty, or holds a NUL or a slash.
  package init?(_ name: String) {
    let bytes = Array(name.utf8)
    guard !bytes.isEmpty, bytes.count <= DiskLayout.nameSize, !bytes.contains(0),
      !bytes.contains(UInt8(ascii: "/"))
    else { return nil }
    self.init(truncating: bytes)
  }

  /// Byte `index` of the 14.
  package private(set) subscript(index: Int) -> UInt8 {
    get { UInt8(truncatingIfNeeded: index < 8 ? low >> (8 * index) : high >> (8 * (index - 8))) }
    set {
      if index < 8 {
        low |= UInt64(newValue) << (8 * index)
      } else {
        high |= UInt64(newValue) << (8 * (index - 8))
      }
    }
  }

  /// The bytes without the padding.
  package var bytes: [UInt8] { (0..<DiskLayout.nameSize).map { self[$0] }.filter { $0 != 0 } }

  /// The name as text. Bytes that are not UTF-8 are shown as replacement characters.
  package var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// `struct dirent`: an entry of a directory.
package struct DirectoryEntry: Hashable, Sendable {
  /// The inode; 0 means that the entry is free.
  package var inum: UInt16
  package var name: FileName

  package init(inum: UInt16, name: FileName) {
    self.inum = inum
    self.name = name
  }

  /// The entry in `bytes` at `offset`.
  package init(parsing bytes: [UInt8], at offset: Int = 0) throws(FormatError) {
    guard bytes.holds(DiskLayout.directoryEntrySize, at: offset) else {
      throw FormatError(
        offset: offset,
        reason: .truncated(
          structure: "directory entry", needed: DiskLayout.directoryEntrySize,
          available: max(0, bytes.count - max(0, offset))))
    }
    inum = bytes.loadLE16(offset)
    name = FileName(truncating: bytes[(offset + 2)..<(offset + DiskLayout.directoryEntrySize)])
  }

  /// Stores the 16 bytes at `offset`. If they do not fit, nothing is stored.
  package func encode(into bytes: inout [UInt8], at offset: Int = 0) {
    guard bytes.holds(DiskLayout.directoryEntrySize, at: offset) else { return }
    bytes.storeLE16(inum, offset)
    for index in 0..<DiskLayout.nameSize { bytes[offset + 2 + index] = name[index] }
  }

  /// The 16 bytes on the disk.
  package var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: DiskLayout.directoryEntrySize)
    encode(into: &bytes)
    return bytes
  }
}

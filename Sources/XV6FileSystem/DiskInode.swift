/// `struct dinode`: an inode on the disk.
package struct DiskInode: Equatable, Sendable {
  /// The type as it is stored: 0 for a free inode, else a ``FileType``.
  package var type: Int16
  /// Major device number (T_DEVICE only).
  package var major: Int16
  /// Minor device number (T_DEVICE only).
  package var minor: Int16
  /// Links to the inode. Directory entries count, also the ".." of a subdirectory, but not ".".
  package var nlink: Int16
  /// Bytes.
  package var size: UInt32
  /// NDIRECT block numbers and that of the indirect block. 0 means no block. There are always 13.
  package private(set) var addrs: [UInt32]

  /// A free inode, or a fresh one of the given type.
  package init(
    type: Int16 = 0, major: Int16 = 0, minor: Int16 = 0, nlink: Int16 = 0, size: UInt32 = 0
  ) {
    self.type = type
    self.major = major
    self.minor = minor
    self.nlink = nlink
    self.size = size
    addrs = [UInt32](repeating: 0, count: DiskLayout.directBlocks + 1)
  }

  /// The inode in `bytes` at `offset`.
  package init(parsing bytes: [UInt8], at offset: Int = 0) throws(FormatError) {
    guard bytes.holds(DiskLayout.inodeSize, at: offset) else {
      throw FormatError(
        offset: offset,
        reason: .truncated(
          structure: "inode", needed: DiskLayout.inodeSize, available: max(0, bytes.count - max(0, offset))))
    }
    self.init(
      type: Int16(bitPattern: bytes.loadLE16(offset)), major: Int16(bitPattern: bytes.loadLE16(offset + 2)),
      minor: Int16(bitPattern: bytes.loadLE16(offset + 4)),
      nlink: Int16(bitPattern: bytes.loadLE16(offset + 6)),
      size: bytes.loadLE32(offset + 8))
    for index in 0...DiskLayout.directBlocks { addrs[index] = bytes.loadLE32(offset + 12 + 4 * index) }
  }

  /// Stores the 64 bytes at `offset`. If they do not fit, nothing is stored.
  package func encode(into bytes: inout [UInt8], at offset: Int = 0) {
    guard bytes.holds(DiskLayout.inodeSize, at: offset) else { return }
    bytes.storeLE16(UInt16(bitPattern: type), offset)
    bytes.storeLE16(UInt16(bitPattern: major), offset + 2)
    bytes.storeLE16(UInt16(bitPattern: minor), offset + 4)
    bytes.storeLE16(UInt16(bitPattern: nlink), offset + 6)
    bytes.storeLE32(size, offset + 8)
    for index in 0...DiskLayout.directBlocks { bytes.storeLE32(addrs[index], offset + 12 + 4 * index) }
  }

  /// The 64 bytes on the disk.
  package var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: DiskLayout.inodeSize)
    encode(into: &bytes)
    return bytes
  }

  /// The type, or `nil` for a free inode and for a number that does not name a type.
  package var fileType: FileType? { FileType(rawValue: type) }

  /// The block number in slot `index`: 0 to 11 are direct, 12 is the indirect block's.
  package subscript(address index: Int) -> UInt32 {
    get { addrs.indices.contains(index) ? addrs[index] : 0 }
    set { if addrs.indices.contains(index) { addrs[index] = newValue } }
  }
}

/// Reads what an image holds.
extension FileSystemImage {
  /// What `fstat` tells about a file.
  package struct Status: Equatable, Sendable {
    /// The inode's number.
    package var inode: Int
    package var type: FileType
    /// Links, as the inode counts them.
    package var links: Int
    /// Bytes.
    package var size: Int
    /// Device numbers; 0 for anything but a device.
    package var major: Int
    package var minor: Int
  }

  /// What `path` leads to.
  package func status(_ path: String) throws(FileSystemError) -> Status {
    let inum = try lookup(path)
    guard let inode = inode(inum), inode.type != 0 else { throw .notFound(path: path) }
    guard let type = inode.fileType else { throw .damaged(.badType(inode: inum, type: inode.type)) }
    return Status(
      inode: inum, type: type, links: Int(inode.nlink), size: Int(inode.size), major: Int(inode.major),
      minor: Int(inode.minor))
  }

  /// The entries of a directory in the order of the disk, also "." and "..".
  package func list(_ path: String) throws(FileSystemError) -> [DirectoryEntry] {
    let status = try status(path)
    guard status.type == .directory else { throw .notADirectory(path: path) }
    return try entries(status.inode).map(\.entry)
  }

  /// The bytes of a file.
  package func read(_ path: String) throws(FileSystemError) -> [UInt8] {
    let inum = try file(path).inode
    guard let inode = inode(inum) else { throw .notFound(path: path) }
    return try contents(inode, inum)
  }

  /// The file that `path` leads to. Throws if it is not a file.
  func file(_ path: String) throws(FileSystemError) -> Status {
    let status = try status(path)
    switch status.type {
    case .file: return status
    case .directory: throw .isADirectory(path: path)
    case .device: throw .isADevice(path: path)
    }
  }
}

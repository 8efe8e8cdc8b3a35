/// Why an operation on an image failed. The image is then the same as before.
package enum FileSystemError: Error, Equatable, Sendable {
  /// More bytes than MAXFILE blocks hold.
  case fileTooLarge(path: String, bytes: Int)
  /// Every data block is in use.
  case noBlocks
  /// Every inode is in use.
  case noInodes
  /// The directory has as many entries as MAXFILE blocks hold.
  case directoryFull(inode: Int)
  /// `nlink` is at its largest value and cannot count another link.
  case tooManyLinks(inode: Int)
  /// A name of more than DIRSIZ bytes.
  case nameTooLong(String)
  /// The last name of a path cannot be given to a file: there is no last name, or it is "." or "..", or it
  /// has a NUL.
  case badName(path: String)
  /// The name is taken already.
  case exists(path: String)
  /// The path leads to nothing.
  case notFound(path: String)
  /// Something in the path should be a directory and is not.
  case notADirectory(path: String)
  /// The operation is for files, and this is a directory.
  case isADirectory(path: String)
  /// The operation reads or replaces a file's bytes, and this is a device.
  case isADevice(path: String)
  /// A directory with entries cannot be removed.
  case directoryNotEmpty(path: String)
  /// `mkfs` cannot lay out an image of this size.
  case badGeometry(blocks: Int, inodes: Int)
  /// The image is damaged at a place that the operation needs.
  case damaged(Finding)
}

extension FileSystemError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fileTooLarge(let path, let bytes):
      "\(path): \(bytes) bytes are too many, a file holds \(DiskLayout.maxFileSize)"
    case .noBlocks: "no free block is left on the image"
    case .noInodes: "no free inode is left on the image"
    case .directoryFull(let inode): "directory inode \(inode) is full"
    case .tooManyLinks(let inode): "inode \(inode) has as many links as it can count"
    case .nameTooLong(let name): "\(name): a name has at most \(DiskLayout.nameSize) bytes"
    case .badName(let path): "\"\(path)\" names nothing that can be made"
    case .exists(let path): "\(path): exists already"
    case .notFound(let path): "\(path): not found"
    case .notADirectory(let path): "\(path): not a directory"
    case .isADirectory(let path): "\(path): is a directory"
    case .isADevice(let path): "\(path): is a device"
    case .directoryNotEmpty(let path): "\(path): directory is not empty"
    case .badGeometry(let blocks, let inodes): "an image cannot have \(blocks) blocks and \(inodes) inodes"
    case .damaged(let finding): "damaged image: \(finding)"
    }
  }
}

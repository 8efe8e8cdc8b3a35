/// Something wrong with an image, as ``FileSystemImage/check()`` reports it.
package enum Finding: Hashable, Sendable {
  /// The superblock contradicts itself or the image.
  case geometry(GeometryProblem)

  /// An operation was committed but not installed. This is not damage: xv6 installs it at boot. The other
  /// findings are about the image as it will be then.
  case logPending(blocks: Int)
  /// The log header counts fewer than 0 blocks, or more than the log can hold.
  case logCountBad(count: Int32, capacity: Int)
  /// A logged block would be written over the boot block, the superblock or the log itself, or outside the
  /// image.
  case logTargetBad(index: Int, block: UInt32)

  /// A block is in use, but the free map shows it as free.
  case usedBlockFree(block: Int, inode: Int)
  /// The free map marks a data block as used, but no inode uses it.
  case unusedBlockMarked(block: Int)
  /// The free map shows a block before the data blocks as free.
  case metaBlockFree(block: Int)
  /// The free map marks a block past the end of the image.
  case markPastEnd(block: Int)
  /// A block has two uses. If one inode uses it twice, `first` and `second` are the same.
  case blockUsedTwice(block: Int, first: Int, second: Int)
  /// A block number is not that of a data block of the image. `slot` is the place in the file (0 to 267), or
  /// 268 for the indirect block.
  case addressOutside(inode: Int, slot: Int, block: UInt32)

  /// The type of an inode is neither 0 nor a ``FileType``.
  case badType(inode: Int, type: Int16)
  /// More bytes than MAXFILE blocks hold.
  case sizeTooLarge(inode: Int, size: UInt32)
  /// The size covers a block that the inode does not have. `slot` is the first such block.
  case sizeBeyondBlocks(inode: Int, size: UInt32, slot: Int)
  /// `nlink` is not the number of links.
  case wrongLinkCount(inode: Int, stored: Int, counted: Int)
  /// An inode is in use, but no path leads to it. If it has no links, it was removed while a process had it
  /// open, and then the machine stopped. xv6 never frees such an inode.
  case unreachable(inode: Int, links: Int)

  /// Inode 1 is not a directory.
  case rootNotDirectory(type: Int16)
  /// The size of a directory is not a whole number of entries.
  case partialEntry(directory: Int, size: UInt32)
  /// A directory has no ".".
  case missingDot(directory: Int)
  /// A directory has no "..".
  case missingDotDot(directory: Int)
  /// "." does not lead to the directory itself.
  case wrongDot(directory: Int, inode: Int)
  /// ".." does not lead to the directory's parent.
  case wrongDotDot(directory: Int, inode: Int, parent: Int)
  /// An entry refers to an inode that is free.
  case entryToFreeInode(directory: Int, name: FileName, inode: Int)
  /// An entry refers to an inode that the image does not have.
  case entryOutside(directory: Int, name: FileName, inode: Int)
  /// A name is empty or has a slash: no path leads there.
  case badName(directory: Int, name: FileName)
  /// A directory has the same name twice.
  case nameTwice(directory: Int, name: FileName)
  /// A directory is an entry of two directories, or twice of one.
  case directoryLinkedTwice(inode: Int, first: Int, second: Int)

  /// Whether the finding is a contradiction. A log that waits to be installed, and a file that was removed
  /// while it was open, are not: a machine may leave these whenever it stops.
  package var isDamage: Bool {
    switch self {
    case .logPending: false
    case .unreachable(_, let links): links != 0
    default: true
    }
  }
}

extension Finding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .geometry(let problem): "\(problem)"
    case .logPending(let blocks): "the log holds \(blocks) committed blocks that are not installed"
    case .logCountBad(let count, let capacity):
      "the log header counts \(count) blocks, the log holds \(capacity)"
    case .logTargetBad(let index, let block):
      "log block \(index) belongs to block \(block), which is not logged"
    case .usedBlockFree(let block, let inode): "block \(block) is used by inode \(inode) and free in the map"
    case .unusedBlockMarked(let block): "block \(block) is marked in the map and used by no inode"
    case .metaBlockFree(let block): "block \(block) lies before the data and is free in the map"
    case .markPastEnd(let block): "the map marks block \(block), behind the end of the image"
    case .blockUsedTwice(let block, let first, let second):
      first == second
        ? "block \(block) is used twice by inode \(first)"
        : "block \(block) is used by inode \(first) and by inode \(second)"
    case .addressOutside(let inode, let slot, let block):
      slot == DiskLayout.maxFileBlocks
        ? "inode \(inode): indirect block is block \(block), no data block"
        : "inode \(inode): file block \(slot) is block \(block), no data block"
    case .badType(let inode, let type): "inode \(inode): type \(type) does not exist"
    case .sizeTooLarge(let inode, let size):
      "inode \(inode): \(size) bytes are too many, a file holds \(DiskLayout.maxFileSize)"
    case .sizeBeyondBlocks(let inode, let size, let slot):
      "inode \(inode): \(size) bytes need a file block \(slot), and there is none"
    case .wrongLinkCount(let inode, let stored, let counted):
      "inode \(inode): link count is \(stored), there are \(counted) links"
    case .unreachable(let inode, let links):
      "inode \(inode) is in use with \(links) links, and no path leads to it"
    case .rootNotDirectory(let type): "inode 1, the root, has type \(type) and is no directory"
    case .partialEntry(let directory, let size):
      "directory inode \(directory): \(size) bytes are no whole number of entries"
    case .missingDot(let directory): "directory inode \(directory) has no \".\""
    case .missingDotDot(let directory): "directory inode \(directory) has no \"..\""
    case .wrongDot(let directory, let inode): "directory inode \(directory): \".\" is inode \(inode)"
    case .wrongDotDot(let directory, let inode, let parent):
      "directory inode \(directory): \"..\" is inode \(inode), the parent is inode \(parent)"
    case .entryToFreeInode(let directory, let name, let inode):
      "directory inode \(directory): \"\(name)\" is inode \(inode), which is free"
    case .entryOutside(let directory, let name, let inode):
      "directory inode \(directory): \"\(name)\" is inode \(inode), which does not exist"
    case .badName(let directory, let name):
      "directory inode \(directory): no path can have the name \"\(name)\""
    case .nameTwice(let directory, let name): "directory inode \(directory): \"\(name)\" stands there twice"
    case .directoryLinkedTwice(let inode, let first, let second):
      "directory inode \(inode) stands in directory inode \(first) and in directory inode \(second)"
    }
  }
}

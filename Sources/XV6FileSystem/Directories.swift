/// Directories, and the paths that lead through them.
extension FileSystemImage {
  /// The entries of directory `inum` that are in use, with their byte offsets in the directory.
  func entries(_ inum: Int) throws(FileSystemError) -> [(offset: Int, entry: DirectoryEntry)] {
    guard let inode = inode(inum) else { return [] }
    let contents = try contents(inode, inum)
    return stride(from: 0, to: contents.count, by: DiskLayout.directoryEntrySize).compactMap { offset in
      guard let entry = try? DirectoryEntry(parsing: contents, at: offset), entry.inum != 0 else {
        return nil
      }
      return (offset, entry)
    }
  }

  /// DIRLOOKUP: the entry called `name` in directory `inum`.
  func find(_ name: FileName, in inum: Int) throws(FileSystemError) -> (offset: Int, entry: DirectoryEntry)? {
    try entries(inum).first { $0.entry.name == name }
  }

  /// DIRLINK: puts an entry into the first free place of directory `inum`. The caller has checked that the
  /// name is not there yet.
  mutating func link(_ name: FileName, _ target: Int, in inum: Int) throws(FileSystemError) {
    guard let inode = inode(inum) else { return }
    let contents = try contents(inode, inum)
    var offset = 0
    while contents.holds(DiskLayout.directoryEntrySize, at: offset), contents.loadLE16(offset) != 0 {
      offset += DiskLayout.directoryEntrySize
    }
    guard offset + DiskLayout.directoryEntrySize <= DiskLayout.maxFileSize else {
      throw .directoryFull(inode: inum)
    }
    let entry = DirectoryEntry(inum: UInt16(truncatingIfNeeded: target), name: name)
    try write(entry.encoded, inum, at: offset)
  }

  /// The names in a path, split as xv6's `namex` does it: slashes only separate, and a path begins at the
  /// root.
  static func names(_ path: String) throws(FileSystemError) -> [FileName] {
    var names: [FileName] = []
    for part in path.split(separator: "/") {
      guard part.utf8.count <= DiskLayout.nameSize else { throw .nameTooLong(String(part)) }
      guard let name = FileName(String(part)) else { throw .badName(path: path) }
      names.append(name)
    }
    return names
  }

  /// NAMEI: the inode that a path leads to.
  package func lookup(_ path: String) throws(FileSystemError) -> Int {
    try follow(Self.names(path), path)
  }

  /// NAMEIPARENT: the directory of a path's last name, and that name. A new file may have this name.
  func lookupParent(_ path: String) throws(FileSystemError) -> (directory: Int, name: FileName) {
    var names = try Self.names(path)
    guard let name = names.popLast(), name != .dot, name != .dotDot else { throw .badName(path: path) }
    let directory = try follow(names, path)
    guard inode(directory)?.fileType == .directory else { throw .notADirectory(path: path) }
    return (directory, name)
  }

  private func follow(_ names: [FileName], _ path: String) throws(FileSystemError) -> Int {
    var inum = DiskLayout.rootInode
    for name in names {
      guard inode(inum)?.fileType == .directory else { throw .notADirectory(path: path) }
      guard let next = try find(name, in: inum)?.entry else { throw .notFound(path: path) }
      guard inodeNumbers.contains(Int(next.inum)) else {
        throw .damaged(.entryOutside(directory: inum, name: name, inode: Int(next.inum)))
      }
      inum = Int(next.inum)
    }
    return inum
  }
}

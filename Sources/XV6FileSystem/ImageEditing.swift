/// Changes to an image. Each is done completely or not at all.
extension FileSystemImage {
  /// Makes a file. Its directory must exist.
  package mutating func add(_ path: String, _ contents: [UInt8]) throws(FileSystemError) {
    try Self.checkSize(path, contents)
    try atomically { image throws(FileSystemError) in
      let inum = try image.create(path, .file)
      try image.write(contents, inum, at: 0)
    }
  }

  /// Gives a file new contents. It keeps its inode and its links.
  package mutating func replace(_ path: String, _ contents: [UInt8]) throws(FileSystemError) {
    try Self.checkSize(path, contents)
    try atomically { image throws(FileSystemError) in
      let inum = try image.file(path).inode
      try image.truncate(inum)
      try image.write(contents, inum, at: 0)
    }
  }

  /// Makes an empty directory. Its parent must exist.
  package mutating func makeDirectory(_ path: String) throws(FileSystemError) {
    try atomically { image throws(FileSystemError) in
      let parent = try image.lookupParent(path).directory
      let inum = try image.create(path, .directory)
      try image.link(.dot, inum, in: inum)
      try image.link(.dotDot, parent, in: inum)
      try image.addLinks(1, to: parent)
    }
  }

  /// Makes a device file.
  package mutating func makeDevice(_ path: String, major: Int16, minor: Int16) throws(FileSystemError) {
    try atomically { image throws(FileSystemError) in
      let inum = try image.create(path, .device)
      image.store(DiskInode(type: FileType.device.rawValue, major: major, minor: minor, nlink: 1), inum)
    }
  }

  /// Gives a file or a device a second name.
  package mutating func link(_ existing: String, as path: String) throws(FileSystemError) {
    try atomically { image throws(FileSystemError) in
      let status = try image.status(existing)
      guard status.type != .directory else { throw .isADirectory(path: existing) }
      let (directory, name) = try image.lookupParent(path)
      guard try image.find(name, in: directory) == nil else { throw .exists(path: path) }
      try image.addLinks(1, to: status.inode)
      try image.link(name, status.inode, in: directory)
    }
  }

  /// Removes a name, and with its last name the file. A directory must be empty.
  package mutating func remove(_ path: String) throws(FileSystemError) {
    try atomically { image throws(FileSystemError) in
      let (directory, name) = try image.lookupParent(path)
      guard let (offset, entry) = try image.find(name, in: directory) else { throw .notFound(path: path) }
      let inum = Int(entry.inum)
      guard let inode = image.inode(inum), inode.type != 0 else {
        throw .damaged(.entryToFreeInode(directory: directory, name: name, inode: inum))
      }
      if inode.fileType == .directory {
        let isEmpty = try image.entries(inum).allSatisfy { $0.entry.name == .dot || $0.entry.name == .dotDot }
        guard isEmpty else { throw .directoryNotEmpty(path: path) }
        try image.addLinks(-1, to: directory)
      }
      let free = [UInt8](repeating: 0, count: DiskLayout.directoryEntrySize)
      try image.write(free, directory, at: offset)
      if inode.nlink > 1 {
        try image.addLinks(-1, to: inum)
      } else {
        try image.truncate(inum)
        image.store(DiskInode(), inum)
      }
    }
  }

  /// CREATE: a new inode of that type, linked under `path`.
  private mutating func create(_ path: String, _ type: FileType) throws(FileSystemError) -> Int {
    let (directory, name) = try lookupParent(path)
    guard try find(name, in: directory) == nil else { throw .exists(path: path) }
    let inum = try allocateInode(type)
    try link(name, inum, in: directory)
    return inum
  }

  private mutating func addLinks(_ links: Int16, to inum: Int) throws(FileSystemError) {
    guard var inode = inode(inum) else { return }
    let (sum, overflow) = inode.nlink.addingReportingOverflow(links)
    guard !overflow else { throw .tooManyLinks(inode: inum) }
    inode.nlink = sum
    store(inode, inum)
  }

  private static func checkSize(_ path: String, _ contents: [UInt8]) throws(FileSystemError) {
    guard contents.count <= DiskLayout.maxFileSize else {
      throw .fileTooLarge(path: path, bytes: contents.count)
    }
  }
}

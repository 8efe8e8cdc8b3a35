import XV6FileSystem

// Directories and paths of xv6's kernel/fs.c. A directory is a file of 16-byte entries: an inode number,
// which is zero if the entry is free, and a name of up to 14 bytes.

/// A name's entry in a directory.
struct DirectoryMatch {
  /// The inode that the name stands for, with a reference for the finder.
  let inode: Inode
  /// Where in the directory the entry lies, in bytes.
  let offset: UInt32
}

extension Kernel {
  /// The offset of the first entry, from `offset` on, for which `isWanted` is true; nil if there is none.
  ///
  /// Panics with the text `damaged` if the directory's size is not a whole number of entries. The caller has
  /// locked the directory.
  private func firstEntry(
    in dp: Inode, from offset: UInt32 = 0, damaged: String,
    where isWanted: (RawEntry) -> Bool
  ) throws(KernelHalt) -> UInt32? {
    let size = dp.disk.size
    var offset = offset
    while offset < size {
      let block = try bread(try bmap(dp, offset / UInt32(DiskLayout.blockSize)))
      repeat {
        guard size &- offset >= UInt32(DiskLayout.directoryEntrySize) else { throw panic(damaged) }
        if isWanted(RawEntry(block: block, offset: offset)) {
          try brelse(block)
          return offset
        }
        offset &+= UInt32(DiskLayout.directoryEntrySize)
      } while offset < size && offset % UInt32(DiskLayout.blockSize) != 0
      try brelse(block)
    }
    return nil
  }

  /// Finds `name` in the directory, which the caller has locked.
  func dirlookup(_ dp: Inode, _ name: FileName) throws(KernelHalt) -> DirectoryMatch? {
    guard dp.type == FileType.directory.rawValue else { throw panic("dirlookup not DIR") }
    var inum: UInt16 = 0
    let offset = try firstEntry(in: dp, damaged: "dirlookup read") { entry in
      inum = entry.inum
      return inum != 0 && entry.isNamed(name)
    }
    guard let offset else { return nil }
    return DirectoryMatch(inode: try iget(UInt32(inum)), offset: offset)
  }

  /// Adds an entry `name` for inode `inum` to the directory, within a transaction. False, and nothing
  /// changes, if the name is already used. The caller has locked the directory.
  func dirlink(_ dp: Inode, _ name: FileName, _ inum: UInt32) throws(KernelHalt) -> Bool {
    if let taken = try dirlookup(dp, name) {
      try iput(taken.inode)
      return false
    }
    let free = try firstEntry(in: dp, damaged: "dirlink read") { $0.inum == 0 }
    let entry = DirectoryEntry(inum: UInt16(truncatingIfNeeded: inum), name: name)
    guard try writeEntry(entry, to: dp, at: free ?? dp.disk.size) else { throw panic("dirlink") }
    return true
  }

  /// Writes `entry` to the directory at `offset`, within a transaction. False if not all of it was written.
  func writeEntry(_ entry: DirectoryEntry, to dp: Inode, at offset: UInt32) throws(KernelHalt) -> Bool {
    var stored: (UInt64, UInt64) = (0, 0)
    return try withUnsafeMutableBytes(of: &stored) { (bytes) throws(KernelHalt) in
      bytes.storeBytes(of: entry.inum.littleEndian, as: UInt16.self)
      for index in 0..<DiskLayout.nameSize { bytes[2 + index] = entry.name[index] }
      guard let start = bytes.baseAddress else { return false }
      return try writei(dp, from: .kernel(start), offset: UInt64(offset), count: bytes.count) == bytes.count
    }
  }

  /// Whether the directory has no entries except "." and "..", which are the first two. The caller has locked
  /// it.
  func isdirempty(_ dp: Inode) throws(KernelHalt) -> Bool {
    let dots = UInt32(2 * DiskLayout.directoryEntrySize)
    return try firstEntry(in: dp, from: dots, damaged: "isdirempty: readi") { $0.inum != 0 } == nil
  }

  /// The inode that `path` names, referenced and unlocked; nil if there is no such file.
  ///
  /// Call it within a transaction: on the way it may drop the last reference to an inode.
  package func namei(_ path: [UInt8]) throws(KernelHalt) -> Inode? {
    try namex(path, nameiparent: false)?.inode
  }

  /// The directory that holds, or would hold, the last element of `path`, and that element. Nil if there is
  /// no such directory, or the path has no element.
  ///
  /// The directory is referenced and unlocked. Call it within a transaction, as `namei`.
  func nameiparent(_ path: [UInt8]) throws(KernelHalt) -> (directory: Inode, name: FileName)? {
    guard let (directory, name) = try namex(path, nameiparent: true), let name else { return nil }
    return (directory, name)
  }

  /// Looks up `path`, element by element. With `nameiparent` it stops at the directory of the last element,
  /// and gives that element too.
  private func namex(
    _ path: [UInt8], nameiparent: Bool
  ) throws(KernelHalt) -> (inode: Inode, name: FileName?)? {
    var rest = path[...]
    var ip = try startOfPath(path)
    while let name = skipelem(&rest) {
      if nameiparent && rest.isEmpty {
        try ilock(ip)
        guard ip.type == FileType.directory.rawValue else {
          try iunlockput(ip)
          return nil
        }
        try iunlock(ip)
        return (ip, name)
      }
      guard let next = try step(from: ip, to: name) else { return nil }
      ip = next
    }
    if nameiparent {
      try iput(ip)
      return nil
    }
    return (ip, nil)
  }

  /// The directory where a path begins: the root, or the process's current directory.
  private func startOfPath(_ path: [UInt8]) throws(KernelHalt) -> Inode {
    if path.first != UInt8(ascii: "/"), let cwd = myproc().cwd { return idup(cwd) }
    return try iget(UInt32(DiskLayout.rootInode))
  }

  /// Drops the reference to the directory `ip`, and returns a referenced inode for its entry `name`. Nil if
  /// there is no such entry, or `ip` is not a directory.
  private func step(from ip: Inode, to name: FileName) throws(KernelHalt) -> Inode? {
    try ilock(ip)
    let isDirectory = ip.type == FileType.directory.rawValue
    let match = isDirectory ? try dirlookup(ip, name) : nil
    try iunlockput(ip)
    return match?.inode
  }
}

/// Removes the next element from a path, with the slashes before and after it. Nil if only slashes are left.
///
/// `a/bb/c` gives `a` and leaves `bb/c`; `///a//bb` gives `a` and leaves `bb`; `a/` gives `a` and leaves
/// nothing. Of a longer element only the first 14 bytes count.
func skipelem(_ path: inout ArraySlice<UInt8>) -> FileName? {
  let slash = UInt8(ascii: "/")
  path = path.drop { $0 == slash }
  if path.isEmpty { return nil }
  let element = path.prefix { $0 != slash }
  path = path[element.endIndex...].drop { $0 == slash }
  return element.withUnsafeBytes { FileName(truncating: $0) }
}

/// A directory entry in the buffer cache.
private struct RawEntry {
  private let bytes: UnsafeMutableRawBufferPointer
  private let start: Int

  init(block: Buffer, offset: UInt32) {
    bytes = block.data
    start = Int(offset) % DiskLayout.blockSize
  }

  var inum: UInt16 { UInt16(littleEndian: bytes.load(fromByteOffset: start, as: UInt16.self)) }

  /// Whether the entry's name is `name` (xv6's `namecmp`). Bytes after a NUL do not count.
  func isNamed(_ name: FileName) -> Bool {
    for index in 0..<DiskLayout.nameSize {
      let byte = name[index]
      if bytes[start + 2 + index] != byte { return false }
      if byte == 0 { return true }
    }
    return true
  }
}

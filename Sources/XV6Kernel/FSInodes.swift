import XV6FileSystem

// Inodes, of xv6's kernel/fs.c. An inode is a file without its name.
//
// On disk, an inode is in use if its type is not zero. `ialloc` takes a free one. `iput` frees it when no
// name and nothing in memory refers to it. In memory, the table `fs.inodes` has the inodes in use: `iget`
// finds or makes the entry and adds a reference, `iput` drops one. `ilock` reads the inode from the disk if
// that was not done before. Lock an inode before you look at its fields or contents:
//
//     let ip = try iget(inum)
//     try ilock(ip)
//     ... look at it, change it ...
//     try iunlock(ip)
//     try iput(ip)

/// An inode in memory: an entry of the inode table.
package final class Inode {
  /// The inode's number on the disk.
  fileprivate(set) var inum: UInt32 = 0
  /// How many open files, current directories and running system calls use this entry; zero if it is free.
  fileprivate(set) var ref = 0
  fileprivate(set) var locked = false
  /// Whether `disk` has been read.
  fileprivate(set) var valid = false
  /// The inode as it is on the disk, or as it will be after `iupdate`.
  var disk = DiskInode()

  var type: Int16 { disk.type }
}

/// The contents of a free inode.
private let blank = DiskInode()

extension Kernel {
  /// Takes a free inode on the disk for a file of `type`. Returns it referenced and unlocked.
  func ialloc(_ type: Int16) throws(KernelHalt) -> Inode {
    let ninodes = try sb.ninodes
    var inum: UInt32 = 1
    while inum < ninodes {
      let block = try bread(try inodeBlock(inum))
      let stored = block.inode(inum)
      if stored.load(as: Int16.self) == 0 {
        var fresh = blank
        fresh.type = type
        fresh.store(into: stored)
        try log_write(block)
        try brelse(block)
        return try iget(inum)
      }
      try brelse(block)
      inum += 1
    }
    throw panic("ialloc: no inodes")
  }

  /// The block that holds inode `inum`.
  private func inodeBlock(_ inum: UInt32) throws(KernelHalt) -> UInt32 {
    UInt32(clamping: try sb.inodeBlock(Int(inum)))
  }

  /// Copies a changed inode to the disk, within a transaction. The caller has locked it.
  func iupdate(_ ip: Inode) throws(KernelHalt) {
    let block = try bread(try inodeBlock(ip.inum))
    ip.disk.store(into: block.inode(ip.inum))
    try log_write(block)
    try brelse(block)
  }

  /// The table's entry for inode `inum`, with one more reference. It is not locked and not read from the
  /// disk.
  func iget(_ inum: UInt32) throws(KernelHalt) -> Inode {
    var empty: Inode?
    for ip in fs.inodes {
      if ip.ref > 0 && ip.inum == inum {
        ip.ref += 1
        return ip
      }
      if empty == nil && ip.ref == 0 { empty = ip }
    }
    guard let ip = empty else { throw panic("iget: no inodes") }
    ip.inum = inum
    ip.ref = 1
    ip.valid = false
    return ip
  }

  /// Adds a reference to `ip`, and returns it.
  package func idup(_ ip: Inode) -> Inode {
    ip.ref += 1
    return ip
  }

  /// Locks an inode, and reads it from the disk if that was not done before.
  package func ilock(_ ip: Inode) throws(KernelHalt) {
    guard ip.ref > 0 else { throw panic("ilock") }
    try acquiresleep(ip)
    guard !ip.valid else { return }
    let block = try bread(try inodeBlock(ip.inum))
    ip.disk.load(from: block.inode(ip.inum))
    try brelse(block)
    ip.valid = true
    if ip.type == 0 { throw panic("ilock: no type") }
  }

  /// Takes the inode's lock. If it is already taken, this same system call has taken it: xv6 would wait for
  /// itself for ever. Only a damaged image leads here, for example a directory that lists itself under
  /// another name.
  private func acquiresleep(_ ip: Inode) throws(KernelHalt) {
    if ip.locked { throw panic("acquiresleep: inode") }
    ip.locked = true
  }

  /// Unlocks an inode.
  package func iunlock(_ ip: Inode) throws(KernelHalt) {
    guard ip.locked && ip.ref > 0 else { throw panic("iunlock") }
    ip.locked = false
  }

  /// Drops a reference. If it was the last one and the inode has no name, frees the inode and its contents.
  ///
  /// Call it within a transaction, because it may write.
  package func iput(_ ip: Inode) throws(KernelHalt) {
    if ip.ref == 1 && ip.valid && ip.disk.nlink == 0 {
      try acquiresleep(ip)
      try itrunc(ip)
      ip.disk.type = 0
      try iupdate(ip)
      ip.valid = false
      ip.locked = false
    }
    ip.ref -= 1
  }

  /// Unlocks an inode and drops the reference to it.
  package func iunlockput(_ ip: Inode) throws(KernelHalt) {
    try iunlock(ip)
    try iput(ip)
  }
}

extension Buffer {
  /// The bytes of inode `inum`, in the block that holds it.
  fileprivate func inode(_ inum: UInt32) -> UnsafeMutableRawBufferPointer {
    let start = Int(inum) % DiskLayout.inodesPerBlock * DiskLayout.inodeSize
    return UnsafeMutableRawBufferPointer(rebasing: data[start..<start + DiskLayout.inodeSize])
  }
}

extension DiskInode {
  /// Takes every field from the 64 bytes of an inode in a cached block.
  fileprivate mutating func load(from bytes: UnsafeMutableRawBufferPointer) {
    func short(_ offset: Int) -> Int16 {
      Int16(littleEndian: bytes.load(fromByteOffset: offset, as: Int16.self))
    }
    func word(_ offset: Int) -> UInt32 {
      UInt32(littleEndian: bytes.load(fromByteOffset: offset, as: UInt32.self))
    }
    type = short(0)
    major = short(2)
    minor = short(4)
    nlink = short(6)
    size = word(8)
    for index in 0...DiskLayout.directBlocks { self[address: index] = word(12 + 4 * index) }
  }

  /// Puts every field into the 64 bytes of an inode in a cached block.
  fileprivate func store(into bytes: UnsafeMutableRawBufferPointer) {
    bytes.storeBytes(of: type.littleEndian, toByteOffset: 0, as: Int16.self)
    bytes.storeBytes(of: major.littleEndian, toByteOffset: 2, as: Int16.self)
    bytes.storeBytes(of: minor.littleEndian, toByteOffset: 4, as: Int16.self)
    bytes.storeBytes(of: nlink.littleEndian, toByteOffset: 6, as: Int16.self)
    bytes.storeBytes(of: size.littleEndian, toByteOffset: 8, as: UInt32.self)
    for index in 0...DiskLayout.directBlocks {
      bytes.storeBytes(of: self[address: index].littleEndian, toByteOffset: 12 + 4 * index, as: UInt32.self)
    }
  }
}

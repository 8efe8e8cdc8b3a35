import XV6FileSystem

// xv6's kernel/file.c: open files. A file descriptor stands for an open file. Several descriptors, also of
// several processes, may share one, including its offset.

/// xv6's `struct file`: an entry of the table of open files.
package final class OpenFile {
  enum Kind {
    case none
    case pipe(Pipe)
    case inode(Inode)
    case device(Inode, major: Int16)
  }

  fileprivate(set) var kind = Kind.none
  /// How many descriptors share the entry; zero if it is free.
  fileprivate(set) var ref = 0
  fileprivate(set) var readable = false
  fileprivate(set) var writable = false
  /// Where the next read or write of an inode begins, in bytes.
  fileprivate(set) var offset: UInt32 = 0

  /// Fills a new entry. The entry takes over the caller's reference to an inode.
  func open(_ kind: Kind, readable: Bool, writable: Bool) {
    self.kind = kind
    self.readable = readable
    self.writable = writable
    offset = 0
  }
}

extension Kernel {
  /// A free entry of the table, with one reference; nil if NFILE files are open.
  func filealloc() -> OpenFile? {
    guard let f = fs.files.first(where: { $0.ref == 0 }) else { return nil }
    f.ref = 1
    return f
  }

  /// Adds a reference to `f`, and returns it.
  @discardableResult
  package func filedup(_ f: OpenFile) throws(KernelHalt) -> OpenFile {
    guard f.ref > 0 else { throw panic("filedup") }
    f.ref += 1
    return f
  }

  /// Drops a reference. Closes the file if it was the last one.
  package func fileclose(_ f: OpenFile) throws(KernelHalt) {
    guard f.ref > 0 else { throw panic("fileclose") }
    f.ref -= 1
    if f.ref > 0 { return }
    let kind = f.kind
    f.kind = .none
    switch kind {
    case .none: break
    case .pipe(let pipe): try pipeclose(pipe, writable: f.writable)
    case .inode(let ip), .device(let ip, _):
      begin_op()
      try iput(ip)
      try end_op()
    }
  }

  /// Copies the file's `struct stat` to user address `address`. False if it has none (a pipe), or the address
  /// is bad.
  func filestat(_ f: OpenFile, to address: UInt64) throws(KernelHalt) -> Bool {
    switch f.kind {
    case .none, .pipe: return false
    case .inode(let ip), .device(let ip, _):
      try ilock(ip)
      let stat = stati(ip)
      try iunlock(ip)
      return try stat.withBytes { (bytes) throws(KernelHalt) in
        try either_copyout(to: .user(address), from: bytes)
      }
    }
  }

  /// Reads up to `count` bytes to user address `address`. Returns how many were read: 0 at the end of the
  /// file, -1 on failure.
  func fileread(_ f: OpenFile, to address: UInt64, count: Int32) throws(KernelHalt) -> Int32 {
    guard f.readable else { return -1 }
    switch f.kind {
    case .none: throw panic("fileread")
    case .pipe(let pipe): return try piperead(pipe, to: address, count: count)
    case .device(_, let major):
      guard let device = device(major) else { return -1 }
      return try device.read(self, .user(address), count)
    case .inode(let ip):
      try ilock(ip)
      let done = try readi(ip, to: .user(address), offset: UInt64(f.offset), count: Int(count))
      if done > 0 { f.offset &+= UInt32(truncatingIfNeeded: done) }
      try iunlock(ip)
      return Int32(truncatingIfNeeded: done)
    }
  }

  /// Writes `count` bytes from user address `address`. Returns `count`, or -1.
  ///
  /// If not all bytes could be written, it returns -1, although the first part may have been written.
  func filewrite(_ f: OpenFile, from address: UInt64, count: Int32) throws(KernelHalt) -> Int32 {
    guard f.writable else { return -1 }
    switch f.kind {
    case .none: throw panic("filewrite")
    case .pipe(let pipe): return try pipewrite(pipe, from: address, count: count)
    case .device(_, let major):
      guard let device = device(major) else { return -1 }
      return try device.write(self, .user(address), count)
    case .inode(let ip):
      var written: Int32 = 0
      while written < count {
        let piece = min(count - written, Int32(largestWrite))
        begin_op()
        try ilock(ip)
        let done = try writei(
          ip, from: .user(address &+ UInt64(written)), offset: UInt64(f.offset), count: Int(piece))
        if done > 0 { f.offset &+= UInt32(truncatingIfNeeded: done) }
        try iunlock(ip)
        try end_op()
        if done != Int(piece) { break }
        written += piece
      }
      return written == count ? count : -1
    }
  }

  private func device(_ major: Int16) -> Device? {
    fs.devsw.indices.contains(Int(major)) ? fs.devsw[Int(major)] : nil
  }
}

/// The most bytes that one transaction writes to a file. MAXOPBLOCKS must cover the data blocks, the same
/// number of bitmap blocks, the inode, the indirect block, and two more blocks, because the range may begin
/// in the middle of a block.
private let largestWrite = (MAXOPBLOCKS - 1 - 1 - 2) / 2 * DiskLayout.blockSize

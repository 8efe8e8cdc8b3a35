import XV6FileSystem

/// The state of the kernel's file system: caches, tables, the log, the console.
///
/// One hart runs the kernel, the kernel is never preempted, and the disk is synchronous. So no file-system
/// operation sleeps while it holds a buffer, an inode or a place in the log. xv6's spinlocks have no
/// counterpart here. Its sleep-locks are flags here: they check what xv6's code promises, and keep its
/// panics.
package final class FileSystemState {
  let disk: any Disk
  let cache = BufferCache()
  /// The contents of block 1, which describe the disk; nil until `fsinit`.
  fileprivate var superblock: Superblock?
  var log = Log()
  /// xv6's `itable`: the inodes in use, found by `iget`.
  let inodes = (0..<NINODE).map { _ in Inode() }
  /// xv6's `ftable`: the open files of the whole system.
  let files = (0..<NFILE).map { _ in OpenFile() }
  /// The devices behind device files, by major device number.
  let devsw: [Device?]
  var console = Console()

  /// A file system on `disk`, of which nothing has been read yet.
  package init(disk: any Disk) {
    self.disk = disk
    var devsw = [Device?](repeating: nil, count: NDEV)
    devsw[Console.major] = .console
    self.devsw = devsw
  }
}

/// A device's `read` and `write`. Both return a byte count, or -1.
struct Device: Sendable {
  let read: @Sendable (Kernel, CopyTarget, Int32) throws(KernelHalt) -> Int32
  let write: @Sendable (Kernel, CopyTarget, Int32) throws(KernelHalt) -> Int32
}

extension Kernel {
  /// The superblock. Panics before `fsinit`: to ask for it then is a bug.
  var sb: Superblock {
    get throws(KernelHalt) {
      guard let superblock = fs.superblock else { throw panic("fsinit") }
      return superblock
    }
  }

  /// Reads the superblock and recovers from the log. The first process calls it before it enters user space.
  package func fsinit() throws(KernelHalt) {
    guard let superblock = try readsb() else { throw panic("invalid file system") }
    fs.superblock = superblock
    try initlog(superblock)
  }

  /// The superblock as it is on the disk; nil if the block does not hold one.
  private func readsb() throws(KernelHalt) -> Superblock? {
    let block = try bread(UInt32(DiskLayout.superblockNumber))
    let superblock = try? Superblock(parsing: Array(block.data.prefix(Superblock.byteCount)))
    try brelse(block)
    return superblock
  }
}

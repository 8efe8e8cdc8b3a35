import XV6FileSystem

// xv6's kernel/log.c, the write-ahead log: either all of a file-system operation reaches the disk, or nothing
// of it.
//
// Each operation runs between `begin_op` and `end_op`, and calls `log_write` for every block that it changed.
// When the last running operation ends, `commit` writes the changed blocks to the log, then the log's header:
// the write of this one block is the commit. After that the blocks are written to their places on the disk,
// and an empty header frees the log. At boot, recovery writes the blocks that the header names to their
// places. To do that twice does no harm.
//
// On disk, from block `logstart` on: the header (a count, then that many numbers of the blocks' places), then
// the blocks themselves, in the header's order.

/// The log's state in memory.
struct Log {
  /// The header's block number.
  var start: UInt32 = 0
  /// The log's size in blocks, including its header.
  var size = 0
  /// How many file-system operations are running.
  var outstanding = 0
  var committing = false
  /// The places on the disk of the transaction's blocks, in the order of the log.
  var home: [UInt32] = []

  init() { home.reserveCapacity(LOGSIZE) }

  /// The most blocks that one transaction may have.
  var capacity: Int { max(0, min(LOGSIZE, size - 1)) }

  /// The block of the log that holds entry `index`.
  func block(_ index: Int) -> UInt32 { start &+ UInt32(index) &+ 1 }
}

extension Kernel {
  /// Finds the log where the superblock says, and recovers.
  func initlog(_ superblock: Superblock) throws(KernelHalt) {
    fs.log.start = superblock.logstart
    fs.log.size = Int(superblock.nlog)
    try recover_from_log()
  }

  private func recover_from_log() throws(KernelHalt) {
    try read_head()
    try install_trans(recovering: true)
    fs.log.home.removeAll(keepingCapacity: true)
    try write_head()
  }

  /// Reads the header from the disk. If the count is larger than the log, the image is damaged: xv6 would
  /// write past its table, so this kernel panics.
  private func read_head() throws(KernelHalt) {
    let head = try bread(fs.log.start)
    let count = Int(Int32(bitPattern: head[word: 0]))
    guard count <= fs.log.capacity else { throw panic("initlog: too big logheader") }
    fs.log.home.removeAll(keepingCapacity: true)
    for index in 0..<max(count, 0) { fs.log.home.append(head[word: index + 1]) }
    try brelse(head)
  }

  /// Writes the header to the disk. If it names a transaction's blocks, this write commits them.
  private func write_head() throws(KernelHalt) {
    let head = try bread(fs.log.start)
    head[word: 0] = UInt32(fs.log.home.count)
    for (index, home) in fs.log.home.enumerated() { head[word: index + 1] = home }
    try bwrite(head)
    try brelse(head)
  }

  /// Copies the changed blocks from the cache to the log.
  private func write_log() throws(KernelHalt) {
    for index in fs.log.home.indices {
      let to = try bread(fs.log.block(index))
      let from = try bread(fs.log.home[index])
      to.copyContents(of: from)
      try bwrite(to)
      try brelse(from)
      try brelse(to)
    }
  }

  /// Copies committed blocks from the log to their places on the disk.
  private func install_trans(recovering: Bool) throws(KernelHalt) {
    for index in fs.log.home.indices {
      let from = try bread(fs.log.block(index))
      let to = try bread(fs.log.home[index])
      to.copyContents(of: from)
      try bwrite(to)
      if !recovering { bunpin(to) }
      try brelse(from)
      try brelse(to)
    }
  }

  /// Starts a file-system operation.
  ///
  /// In xv6 the caller sleeps while the log is being committed, or may be too small for one more operation.
  /// Here operations never sleep, so no other operation is running when one starts, and the log is empty.
  package func begin_op() { fs.log.outstanding += 1 }

  /// Ends a file-system operation, and commits if no other one is running.
  package func end_op() throws(KernelHalt) {
    fs.log.outstanding -= 1
    if fs.log.committing { throw panic("log.committing") }
    guard fs.log.outstanding == 0 else { return }
    fs.log.committing = true
    try commit()
    fs.log.committing = false
  }

  private func commit() throws(KernelHalt) {
    guard !fs.log.home.isEmpty else { return }
    try write_log()
    try write_head()
    try install_trans(recovering: false)
    fs.log.home.removeAll(keepingCapacity: true)
    try write_head()
  }

  /// Adds a buffer that the caller has changed to the transaction. Use it instead of `bwrite`.
  ///
  /// A block that was changed twice in a transaction is logged once.
  func log_write(_ buffer: Buffer) throws(KernelHalt) {
    guard fs.log.home.count < fs.log.capacity else { throw panic("too big a transaction") }
    guard fs.log.outstanding > 0 else { throw panic("log_write outside of trans") }
    guard !fs.log.home.contains(buffer.blockno) else { return }
    bpin(buffer)
    fs.log.home.append(buffer.blockno)
  }
}

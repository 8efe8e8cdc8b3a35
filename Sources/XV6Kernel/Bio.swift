import XV6FileSystem

// The buffer cache: NBUF blocks of the disk, held in memory.
//
// To use a block, `bread` it; after changing it, hand it to `log_write` (or, inside the log itself, to
// `bwrite`); when done, call `brelse`. Between `bread` and `brelse` the buffer is locked. A buffer with
// references is never recycled: that is how the log keeps what it has not yet written (`bpin`).

/// A locked buffer: one cached disk block, from `bread` until `brelse`.
struct Buffer {
  fileprivate let slot: Int
  /// The block's number on the disk.
  let blockno: UInt32
  /// The block's bytes in the cache.
  let data: UnsafeMutableRawBufferPointer

  /// The little-endian 32-bit word number `index` of the block, 0 through 255.
  subscript(word index: Int) -> UInt32 {
    get { UInt32(littleEndian: data.load(fromByteOffset: index * 4, as: UInt32.self)) }
    nonmutating set { data.storeBytes(of: newValue.littleEndian, toByteOffset: index * 4, as: UInt32.self) }
  }

  /// Makes this block's contents those of `other`.
  func copyContents(of other: Buffer) {
    data.copyMemory(from: UnsafeRawBufferPointer(other.data))
  }
}

/// The cache's memory and its bookkeeping; the rules stand in the functions below.
///
/// All of it is allocated once: reading a block through the cache allocates nothing.
final class BufferCache {
  fileprivate struct Slot {
    /// The cached block; nil until the slot is first used.
    var blockno: UInt32?
    /// Whether the block has been read from the disk.
    var valid = false
    var locked = false
    /// How many users want the block to stay in the cache: those between `bread` and `brelse`, and the log.
    var refcnt = 0
  }

  fileprivate var slots = [Slot](repeating: Slot(), count: NBUF)
  /// Slots by how recently they were released, the most recent first.
  fileprivate var recency = Array((0..<NBUF).reversed())
  private let memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: NBUF * DiskLayout.blockSize, alignment: 16)

  init() {
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { memory.deallocate() }

  /// Locks `slot` for the caller.
  fileprivate func lock(_ slot: Int, as blockno: UInt32) -> Buffer {
    slots[slot].refcnt += 1
    slots[slot].locked = true
    let start = slot * DiskLayout.blockSize
    return Buffer(
      slot: slot, blockno: blockno,
      data: UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + DiskLayout.blockSize]))
  }

  /// Makes `slot` the most recently used one.
  fileprivate func touch(_ slot: Int) {
    guard let position = recency.firstIndex(of: slot) else { return }
    recency.remove(at: position)
    recency.insert(slot, at: 0)
  }

  /// How many buffers somebody holds or has pinned: zero between system calls.
  var referenced: Int { slots.count { $0.refcnt > 0 } }
}

extension Kernel {
  /// A locked buffer for `blockno`. If the block was not cached, its contents are not read yet. Panics if all
  /// buffers are in use.
  ///
  /// If the block is already locked, this same system call has locked it, because no other system call runs
  /// in between. xv6 would wait for itself for ever. Only a damaged image leads here, for example one whose
  /// indirect block is also the bitmap.
  private func bget(_ blockno: UInt32) throws(KernelHalt) -> Buffer {
    let cache = fs.cache
    if let slot = cache.recency.first(where: { cache.slots[$0].blockno == blockno }) {
      if cache.slots[slot].locked { throw panic("acquiresleep: buffer") }
      return cache.lock(slot, as: blockno)
    }
    guard let slot = cache.recency.last(where: { cache.slots[$0].refcnt == 0 }) else {
      throw panic("bget: no buffers")
    }
    cache.slots[slot].blockno = blockno
    cache.slots[slot].valid = false
    return cache.lock(slot, as: blockno)
  }

  /// A locked buffer with the contents of block `blockno`.
  ///
  /// Panics if the disk has no such block, as xv6 does when a disk request fails.
  func bread(_ blockno: UInt32) throws(KernelHalt) -> Buffer {
    let buffer = try bget(blockno)
    if !fs.cache.slots[buffer.slot].valid {
      guard fs.disk.read(blockno, into: buffer.data) else { throw panic("virtio_disk_intr status") }
      fs.cache.slots[buffer.slot].valid = true
    }
    return buffer
  }

  /// Writes a locked buffer to the disk. Only the log does so.
  func bwrite(_ buffer: Buffer) throws(KernelHalt) {
    guard fs.cache.slots[buffer.slot].locked else { throw panic("bwrite") }
    guard fs.disk.write(buffer.blockno, from: UnsafeRawBufferPointer(buffer.data)) else {
      throw panic("virtio_disk_intr status")
    }
  }

  /// Unlocks a buffer and makes it the most recently used one. The caller must not use it afterwards.
  func brelse(_ buffer: Buffer) throws(KernelHalt) {
    let cache = fs.cache
    guard cache.slots[buffer.slot].locked else { throw panic("brelse") }
    cache.slots[buffer.slot].locked = false
    cache.slots[buffer.slot].refcnt -= 1
    if cache.slots[buffer.slot].refcnt == 0 { cache.touch(buffer.slot) }
  }

  /// Keeps a buffer in the cache until `bunpin`.
  func bpin(_ buffer: Buffer) { fs.cache.slots[buffer.slot].refcnt += 1 }

  /// Undoes one `bpin`.
  func bunpin(_ buffer: Buffer) { fs.cache.slots[buffer.slot].refcnt -= 1 }
}

import XV6FileSystem

/// A disk of 1024-byte blocks, as the kernel sees it.
///
/// Requests are synchronous and cost no virtual time: a disk read never sleeps. The log relies on two
/// promises only: a disk keeps the order of writes, and each block write is atomic. In xv6 this is
/// `virtio_disk_rw`.
package protocol Disk: AnyObject {
  /// How many blocks the disk holds.
  var blockCount: UInt32 { get }

  /// Fills `data` (one block) with the contents of `block`. False if there is no such block.
  func read(_ block: UInt32, into data: UnsafeMutableRawBufferPointer) -> Bool

  /// Writes `data` (one block) to `block`. False if there is no such block.
  func write(_ block: UInt32, from data: UnsafeRawBufferPointer) -> Bool
}

/// A disk that is an image in memory.
package final class MemoryDisk: Disk {
  /// The whole disk, block after block.
  package private(set) var image: [UInt8]
  package let blockCount: UInt32

  /// A disk that holds `image`. Bytes after the last whole block are kept, but never read.
  package init(image: [UInt8]) {
    self.image = image
    blockCount = UInt32(clamping: image.count / DiskLayout.blockSize)
  }

  package func read(_ block: UInt32, into data: UnsafeMutableRawBufferPointer) -> Bool {
    guard let range = bytes(of: block) else { return false }
    image.withUnsafeBytes { data.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
    return true
  }

  package func write(_ block: UInt32, from data: UnsafeRawBufferPointer) -> Bool {
    guard let range = bytes(of: block) else { return false }
    image.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[range]).copyMemory(from: data) }
    return true
  }

  private func bytes(of block: UInt32) -> Range<Int>? {
    guard block < blockCount else { return nil }
    let start = Int(block) * DiskLayout.blockSize
    return start..<start + DiskLayout.blockSize
  }
}

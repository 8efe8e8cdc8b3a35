import XV6FileSystem
import XV6Kernel

/// A disk that records what was written to it, in order.
package final class RecordingDisk: Disk {
  package let initial: [UInt8]
  package private(set) var writes: [DiskWrite] = []
  private let disk: MemoryDisk

  package init(image: [UInt8]) {
    initial = image
    disk = MemoryDisk(image: image)
  }

  package var image: [UInt8] { disk.image }
  package var blockCount: UInt32 { disk.blockCount }

  package func read(_ block: UInt32, into data: UnsafeMutableRawBufferPointer) -> Bool {
    disk.read(block, into: data)
  }

  package func write(_ block: UInt32, from data: UnsafeRawBufferPointer) -> Bool {
    guard disk.write(block, from: data) else { return false }
    writes.append(DiskWrite(offset: Int(block) * DiskLayout.blockSize, data: Array(data)))
    return true
  }

  /// The disk as it was when the power failed after `count` block writes.
  package func image(after count: Int) -> [UInt8] {
    var image = initial
    for write in writes[..<count] { write.apply(to: &image) }
    return image
  }
}

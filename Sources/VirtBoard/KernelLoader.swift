import ObjectFile
import Sv39MMU

/// Puts a kernel into RAM, as QEMU's `virt` board with `-bios none` does: bytes of a segment that lie below
/// RAM are dropped, and the entry point that the file names does not matter.
struct KernelLoader {
  private let memory: PhysicalMemory

  init(_ memory: PhysicalMemory) { self.memory = memory }

  private var start: UInt64 { memory.base }
  private var end: UInt64 { memory.base + memory.size }

  func load(_ kernel: ELF) throws(BoardError) {
    let segments = kernel.segments.enumerated().filter { $1.isLoadable && $1.memorySize > 0 }
    guard !segments.isEmpty else { throw .nothingToLoad }
    for (index, segment) in segments {
      let (segmentEnd, wraps) = segment.physicalAddress.addingReportingOverflow(segment.memorySize)
      guard !wraps, segmentEnd <= end else {
        // A kernel for another board's addresses is told by its first address.
        if segment.physicalAddress >= end && !hasStart(segments.map(\.element)) { break }
        throw .segmentOutsideRAM(
          index: index, address: segment.physicalAddress, size: segment.memorySize, ramEnd: end)
      }
      guard segmentEnd > start else { continue }
      let below = segment.physicalAddress < start ? start - segment.physicalAddress : 0
      let bytes = kernel.contents(of: segment).dropFirst(Int(clamping: below))
      bytes.withUnsafeBytes { _ = memory.write(segment.physicalAddress + below, from: $0) }
    }
    guard hasStart(segments.map(\.element)) else {
      throw .nothingAtStart(lowest: segments.map(\.element.physicalAddress).min() ?? 0)
    }
    let section = kernel.sections.first { $0.isLoaded && $0.address <= start && start - $0.address < $0.size }
    if let section, !section.isExecutable { throw .startIsNotCode(section: section.name) }
  }

  /// Whether the file has something for the first address of RAM, where every hart starts.
  private func hasStart(_ segments: [ELF.Segment]) -> Bool {
    segments.contains { $0.physicalAddress <= start && start - $0.physicalAddress < $0.memorySize }
  }
}

/// Where kernels are linked that are not for this machine, and what they are for.
enum ForeignKernel {
  /// What a kernel is whose lowest address is `lowest`: the rest of a sentence that begins "it is linked at".
  static func words(lowest: UInt64) -> String {
    let board: String? =
      switch lowest {
      case 0x8020_0000: "QEMU's own firmware, HiFive Unleashed or VisionFive 1"
      case 0x8002_0000: "Kendryte K210 with RustSBI"
      case 0x4020_0000: "VisionFive 2 or Allwinner D1"
      case 0x4000_0000..<0x8000_0000: "Allwinner D1, VisionFive 2 or the like"
      case 0x8000_1000...: "some board"
      default: nil
      }
    guard let board else {
      return "so it is a user program or for another machine; a kernel begins at \(hex(Board.ramBase))"
    }
    return "where firmware (SBI) starts kernels in S mode, as of \(board); this machine starts them in M "
      + "mode at \(hex(Board.ramBase)), as QEMU does with -bios none"
  }
}

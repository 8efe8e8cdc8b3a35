import Sv39MMU

/// Where in a process an address lies.
public enum Region: String, Sendable, Codable, CaseIterable {
  case text
  case data
  /// In the program's image, of which no more is known.
  case image
  /// The page below the stack, which `exec` takes from user mode.
  case guardPage
  /// The page of stack that `exec` made.
  case stack
  /// Above the stack, or above what the process once shrank to, and below `sz`.
  case heap
  /// Above `sz`, though `sbrk` has told the program that it is there.
  case promised
  /// Below `sz`, though the program has given it back.
  case givenBack
  /// Below `sz`, in a process that was not seen to begin.
  case belowSize
  /// The first address that is not the process's.
  case atSize
  case aboveSize
  case trapframe
  case trampoline
  case beyondMAXVA
}

extension Region {
  /// Where `address` lies in `process`, of `size` bytes.
  init(of address: UInt64, in process: ProcessTable.Process, size: UInt64) {
    self = Self.outside(address, process, size) ?? Self.inside(address, process)
  }

  /// Nil where the address is the process's.
  private static func outside(_ address: UInt64, _ process: ProcessTable.Process, _ size: UInt64) -> Region? {
    if address >= MAXVA { return .beyondMAXVA }
    if address >= MAXVA - PGSIZE { return .trampoline }
    if address >= MAXVA - 2 * PGSIZE { return .trapframe }
    if address >= size {
      if process.imageSize != nil, address < process.promised { return .promised }
      return address == size ? .atSize : .aboveSize
    }
    if process.imageSize != nil, address >= PGROUNDUP(process.promised) { return .givenBack }
    return nil
  }

  private static func inside(_ address: UInt64, _ process: ProcessTable.Process) -> Region {
    guard let top = process.imageSize else { return .belowSize }
    if address >= min(top, PGROUNDUP(process.leastSize)) { return .heap }
    if address >= top &- min(top, PGSIZE) { return .stack }
    if address >= top &- min(top, 2 * PGSIZE) { return .guardPage }
    return .image
  }
}

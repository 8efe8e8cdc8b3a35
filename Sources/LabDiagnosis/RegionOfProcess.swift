import LabModel
import Sv39MMU

extension Region {
  /// Finds the region of `address` in `process`, which has `size` bytes.
  package init(of address: UInt64, in process: ProcessTable.Process, size: UInt64) {
    self = Self.outside(address, process, size) ?? Self.inside(address, process)
  }

  /// The region of an address outside the process's memory; nil if the address is inside.
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

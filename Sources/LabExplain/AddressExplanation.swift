import HostSupport
import ObjectFile
import Sv39MMU

/// What one virtual address means to a process at one moment.
package struct AddressExplanation: Sendable {
  /// The address as it was asked for: a number, a symbol, `sp`.
  package let asked: String
  package let va: UInt64
  package let place: AddressPlace
  /// Where the address lies, as a sentence.
  package let sentence: String
  /// The function and line, or the variable, at the address; nil if that is not known.
  package let source: String?
  /// The walk for the access of `walk.access`.
  package let walk: PageWalk
  /// The accesses that user mode may not do at the address, and why. It is empty if user mode may do
  /// everything.
  package let refusals: [(access: Access, fault: WalkFault)]

  /// The physical address that `va` leads to; nil if the tables have no page for it.
  package var physicalAddress: UInt64? {
    guard let last = walk.steps.last, last.entry.isLeaf, refusals.allSatisfy({ $0.fault.isPermission })
    else { return nil }
    return last.entry.pa | va & (Sv39.span(level: last.level) - 1)
  }

  init(
    asked: String, va: UInt64, access: Access, memory: PhysicalMemory, root: UInt64, layout: AddressLayout,
    code: CodeMap
  ) {
    self.asked = asked
    self.va = va
    walk = Sv39.record(memory: memory, root: root, va: va, access: access, privilege: .user)
    refusals = Access.allCases.compactMap { access in
      let walk = Sv39.record(memory: memory, root: root, va: va, access: access, privilege: .user)
      if case .fault(let fault) = walk.result { return (access, fault) }
      return nil
    }
    place = layout.place(of: va, isMapped: walk.steps.last?.entry.isLeaf ?? false)
    sentence = layout.sentence(place, va)
    switch place {
    case .text: source = code.location(of: va)?.frames.first?.description
    case .data: source = code.elf.symbol(containing: va).map { $0.name + Self.offset(va, $0.address) }
    default: source = nil
    }
  }

  private static func offset(_ va: UInt64, _ symbol: UInt64) -> String {
    va == symbol ? "" : "+\(hex(va &- symbol))"
  }
}

extension WalkFault {
  /// Whether there is a page, and the fault is only that the page does not allow this access.
  var isPermission: Bool {
    switch self {
    case .supervisorPage, .userPage, .notReadable, .notWritable, .notExecutable: true
    case .nonCanonical, .tableOutsideRAM, .invalid, .reservedEncoding, .reservedBits, .pointerWithAttributes,
      .noLeaf, .misalignedSuperpage:
      false
    }
  }
}

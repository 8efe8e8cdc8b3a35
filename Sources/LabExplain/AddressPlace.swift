import HostSupport
import ObjectFile
import Sv39MMU

/// The part of a process in which an address lies.
package enum AddressPlace: String, Codable, Sendable, CaseIterable {
  case text, data
  case guardPage = "guard page"
  case stack
  case heapMapped = "heap, mapped"
  case heapOwed = "heap, owed"
  case outside = "at or above sz"
  case trapframe, trampoline
  case beyond = "beyond MAXVA"
}

/// The layout that xv6's `exec` of 2020 gives a process. From address 0 on: the program, a guard page, one
/// page of stack, and the heap up to `sz`. At the top of the address space: the trapframe below the
/// trampoline.
package struct AddressLayout {
  /// The process's size in bytes.
  package let size: UInt64
  /// The user stack pointer.
  let stackPointer: UInt64
  /// The guard page's address. The stack is the page above it.
  let guardPage: UInt64
  private let program: ELF

  package static let trampoline = MAXVA - PGSIZE
  package static let trapframe = MAXVA - 2 * PGSIZE

  package init(_ program: ELF, size: UInt64, stackPointer: UInt64) {
    self.program = program
    self.size = size
    self.stackPointer = stackPointer
    let end = program.loadableSegments.map { $0.virtualAddress &+ $0.memorySize }.max() ?? 0
    guardPage = PGROUNDUP(end)
  }

  package var stack: UInt64 { guardPage &+ PGSIZE }
  package var heap: UInt64 { stack &+ PGSIZE }

  /// - `isMapped`: whether there is a valid leaf for `va`.
  package func place(of va: UInt64, isMapped: Bool) -> AddressPlace {
    switch va {
    case MAXVA...: .beyond
    case Self.trampoline...: .trampoline
    case Self.trapframe...: .trapframe
    case size...: .outside
    case heap...: isMapped ? .heapMapped : .heapOwed
    case stack...: .stack
    case guardPage...: .guardPage
    default: isText(va) ? .text : .data
    }
  }

  /// Asks the sections if the file has them, because some linkers put code and data into one segment.
  private func isText(_ va: UInt64) -> Bool {
    let (allocated, executable): (UInt64, UInt64) = (2, 4)
    if let section = program.sections.first(where: {
      $0.flags & allocated != 0 && va >= $0.address && va - $0.address < $0.size
    }) {
      return section.flags & executable != 0
    }
    return program.loadableSegments.first {
      va >= $0.virtualAddress && va - $0.virtualAddress < $0.memorySize
    }?.isExecutable ?? false
  }

  /// Where `va` lies, as a sentence that a student understands.
  func sentence(_ place: AddressPlace, _ va: UInt64) -> String {
    switch place {
    case .text: "In the program's text: its instructions, which exec has read from the file."
    case .data: "In the program's data: variables and constants, which exec has mapped."
    case .guardPage:
      "In the guard page below the stack: exec has mapped it and taken it from user mode, so that "
        + "a stack that "
        + "overflows traps. A lazy kernel must not hand it out."
    case .stack:
      switch va {
      case stackPointer: "In the stack, where the stack pointer points."
      case stackPointer...: "In the stack, \(grouped(va - stackPointer)) bytes above the stack pointer."
      default: "In the stack's page, \(grouped(stackPointer - va)) bytes below the stack pointer."
      }
    case .heapMapped: "In the heap, below sz (\(hex(size))), and the page is there."
    case .heapOwed:
      "In the heap, below sz (\(hex(size))), and still owed: sbrk has promised the page, "
        + "and nothing has touched "
        + "it yet. The first access traps, and a lazy kernel maps a page of zeroes then."
    case .outside:
      va == size
        ? "Exactly at sz (\(hex(size))), the first address that is not the process's. An access must kill it."
        : "Not the process's: \(grouped(va - size)) bytes above sz (\(hex(size))). An access must kill it."
    case .trapframe:
      "The trapframe, where the kernel keeps the process's registers; user mode has no business there."
    case .trampoline:
      "The trampoline, the code that enters and leaves the kernel; user mode has no business there."
    case .beyond:
      "Beyond MAXVA (\(hex(MAXVA))): xv6 uses the lower half of Sv39's addresses alone, and its walk() "
        + "panics for what lies above."
    }
  }
}

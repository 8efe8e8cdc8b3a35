import LabPrograms
import ObjectFile
import RV64
import VirtBoard

/// The code of one of our programs. It is used to recognise the program in a guest's memory.
package struct GuestText: Sendable {
  /// The addresses of the function with which its `main` ends.
  package let finish: Range<UInt64>
  private let address: UInt64
  private let bytes: [UInt8]

  /// Nil if `elf` has no text section or no `finish`: then it is not one of our programs.
  package init?(_ elf: ELF) {
    guard let text = elf.section(named: ".text"), let finish = elf.symbol(named: "finish") else { return nil }
    address = text.address
    bytes = Array(elf.contents(of: text))
    self.finish = finish.address..<(finish.address &+ max(finish.size, 16))
  }

  /// Whether the process that traps runs this program: its code around the pc must be the same as ours.
  package func isRunning(on board: Board, _ trap: UserTrap) -> Bool {
    let first = max(address, trap.pc &- min(trap.pc, 1024))
    let last = min(address &+ UInt64(bytes.count), trap.pc &+ 16)
    guard first <= trap.pc, trap.pc < last else { return false }
    let expected = bytes[Int(first - address)..<Int(last - address)]
    return board.readVirtual(satp: trap.satp, va: first, count: expected.count).elementsEqual(expected)
  }
}

extension GuestText {
  /// The code of each program of `lab`. A board's witness recognises the programs by it.
  package static func all(for lab: String) throws -> [String: GuestText] {
    var texts: [String: GuestText] = [:]
    for program in LabPrograms.programs(for: lab) {
      texts[program.name] = GuestText(try ELF(parsing: program.elf))
    }
    return texts
  }
}

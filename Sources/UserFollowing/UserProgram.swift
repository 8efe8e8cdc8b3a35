import Foundation
import ObjectFile
import RV64
import Sv39MMU

/// A place in a program's text that stands behind a check. Who executes it has done the check, and passed it.
///
/// The programs of `labs` list their places in the section `.places`, in records of 24 bytes: `u64` address
/// of the instruction, `u64` address of the name of the function that owns the place, `u32` line, `u32` flags
/// (bit 0: the place need not be executed). Records with the same name and line are copies that the compiler
/// made of one place.
package struct CheckPlace: Sendable, Equatable {
  /// The test that owns it: the name of a function.
  package let owner: String
  package let line: Int
  /// The addresses of its copies. It is enough that one of them is executed.
  package fileprivate(set) var addresses: [UInt64]
  /// Whether a right kernel may pass the test without it.
  package fileprivate(set) var isOptional: Bool
}

/// One of our programs, as its file says: what the memory of a process that runs it must hold.
package struct UserProgram: Sendable {
  package let name: String
  package let entry: UInt64
  /// The function with which `main` ends (`finish` in labs/user/lib/start.c).
  package let finish: Range<UInt64>
  /// The function with which a check that failed ends its process (`failed`); nil if the program has none.
  package let failed: Range<UInt64>?
  package let places: [CheckPlace]
  /// Text and read-only tables, each with its address. The text comes first.
  private let parts: [Part]

  private struct Part: Sendable {
    let address: UInt64
    let bytes: [UInt8]

    /// The offset in `found` of the first byte that is not as in this part, from `start` on; nil if all are
    /// the same. `found` must not be longer than the rest of the part.
    func firstDifference(from found: UnsafeRawBufferPointer, at start: Int) -> Int? {
      bytes.withUnsafeBytes { bytes in
        let expected = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + found.count)])
        guard let a = expected.baseAddress, let b = found.baseAddress, memcmp(a, b, found.count) != 0 else {
          return nil
        }
        return found.indices.first { expected[$0] != found[$0] }
      }
    }
  }

  /// Nil if `elf` has no text or no `finish`: then it is not one of our programs.
  package init?(_ elf: ELF, name: String) {
    guard let text = elf.section(named: ".text"), let finish = elf.symbol(named: "finish") else { return nil }
    self.name = name
    entry = elf.entry
    self.finish = finish.address..<(finish.address &+ max(finish.size, 16))
    failed = elf.symbol(named: "failed").flatMap { symbol in
      symbol.size > 0 ? symbol.address..<(symbol.address &+ symbol.size) : nil
    }
    let tables = elf.sections.filter { $0.name.hasPrefix(".rodata") || $0.name.hasPrefix(".srodata") }
    parts = ([text] + tables).map { Part(address: $0.address, bytes: Array(elf.contents(of: $0))) }
    places = Self.places(of: elf)
  }

  /// The places that `function` owns.
  package func places(of function: String) -> [CheckPlace] { places.filter { $0.owner == function } }

  /// The map by which a hart finds `places`.
  package func map(of places: [CheckPlace]) -> PlaceMap {
    PlaceMap(text: parts[0].bytes, at: parts[0].address, places: places.flatMap(\.addresses))
  }

  /// Whether each page of `space` that should hold text or tables of this program, and is mapped, holds
  /// them. If it does not, the result is the first address that differs. If `address` is given, only its page
  /// is looked at.
  func firstDifference(in space: AddressSpace, around address: UInt64? = nil) -> UInt64? {
    for part in parts {
      var at = part.address
      let end = at &+ UInt64(part.bytes.count)
      while at < end {
        let next = min(end, (at & ~4095) &+ 4096)
        defer { at = next }
        if let address, address & ~4095 != at & ~4095 { continue }
        guard let physical = space.physical(at),
          let page = space.memory.pointer(physical, count: Int(next - at))
        else { continue }
        let found = UnsafeRawBufferPointer(start: page, count: Int(next - at))
        if let offset = part.firstDifference(from: found, at: Int(at - part.address)) {
          return at &+ UInt64(offset)
        }
      }
    }
    return nil
  }

  /// Whether the process that has the page table of `satp` runs this program at `pc`.
  package func isRunning(in memory: PhysicalMemory, satp: UInt64, at pc: UInt64) -> Bool {
    isRunning(in: AddressSpace(memory: memory, satp: satp), at: pc)
  }

  /// Whether the process in `space` runs this program at `pc`: `pc` lies in the program's text, and its page
  /// holds that text.
  func isRunning(in space: AddressSpace, at pc: UInt64) -> Bool {
    pc >= parts[0].address && pc - parts[0].address < UInt64(parts[0].bytes.count)
      && space.physical(pc) != nil && firstDifference(in: space, around: pc) == nil
  }

  private static func places(of elf: ELF) -> [CheckPlace] {
    guard let section = elf.section(named: ".places") else { return [] }
    let bytes = Array(elf.contents(of: section))
    func word(_ at: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }
    var places: [CheckPlace] = []
    var known: [String: Int] = [:]
    for at in stride(from: 0, through: bytes.count - 24, by: 24) {
      guard let owner = text(at: word(at + 8, 8), in: elf) else { continue }
      let (address, line) = (word(at, 8), Int(word(at + 16, 4)))
      let isOptional = word(at + 20, 4) & 1 != 0
      if let index = known["\(owner):\(line)"] {
        places[index].addresses.append(address)
        places[index].isOptional = places[index].isOptional && isOptional
      } else {
        known["\(owner):\(line)"] = places.count
        places.append(CheckPlace(owner: owner, line: line, addresses: [address], isOptional: isOptional))
      }
    }
    return places
  }

  /// The C string at `address`; nil if the file has none there.
  private static func text(at address: UInt64, in elf: ELF) -> String? {
    for section in elf.sections where section.address != 0 && section.size > 0 {
      let offset = address &- section.address
      let contents = elf.contents(of: section)
      guard offset < section.size, offset < UInt64(contents.count) else { continue }
      let bytes = contents.dropFirst(Int(offset)).prefix { $0 != 0 }
      return String(decoding: bytes, as: UTF8.self)
    }
    return nil
  }
}

/// The memory of a process, by its page table.
struct AddressSpace {
  let memory: PhysicalMemory
  let satp: UInt64

  /// The physical address behind virtual address `va`; nil if nothing is mapped there. Who may use the page
  /// does not matter.
  func physical(_ va: UInt64) -> UInt64? {
    guard satp >> 60 != 0 else { return va }
    let result = Sv39.walk(
      memory: memory, root: root, va: va, access: .load, privilege: .supervisor, sum: true, mxr: true,
      updateAD: false)
    guard case .translated(let translation) = result else { return nil }
    return translation.physicalAddress
  }

  /// The physical address of the root page table.
  var root: UInt64 { (satp & (1 << 44 - 1)) << 12 }

  /// The 32-bit word at `va`; nil if it is not mapped.
  func word(_ va: UInt64) -> UInt32? {
    var word: UInt32 = 0
    for n in 0..<4 as Range<UInt64> {
      guard let physical = physical(va &+ n), memory.contains(physical, count: 1) else { return nil }
      word |= UInt32(memory.load8(physical)) << UInt32(8 * n)
    }
    return word
  }

  /// The doubleword at `va`, which is aligned; nil if it is not mapped.
  func doubleword(_ va: UInt64) -> UInt64? {
    guard va & 7 == 0, let physical = physical(va), memory.contains(physical, count: 8) else { return nil }
    return memory.load64(physical)
  }

  /// Whether the C string at `va` is `text`.
  func holds(_ text: String, at va: UInt64) -> Bool {
    for (n, byte) in (Array(text.utf8) + [0]).enumerated() {
      guard let physical = physical(va &+ UInt64(n)), memory.contains(physical, count: 1),
        memory.load8(physical) == byte
      else { return false }
    }
    return true
  }
}

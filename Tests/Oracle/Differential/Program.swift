import RV64
import Sv39MMU
import TestSupport

/// A generated program and all that it starts from, wherever its slot lies.
struct Program: Sendable {
  /// What a register or a CSR starts with.
  enum Value: Sendable, Hashable {
    case number(UInt64)
    /// An address in the program's code or its data, as the program sees it.
    case code(UInt64)
    case data(UInt64)
    /// S mode's trap handler.
    case handler
    /// The physical address of something in the slot.
    case slot(UInt64)
    /// A `pmpaddr` for `size` bytes (a power of two) at an offset in the slot.
    case protection(offset: UInt64, size: UInt64)
    /// The end of a range of PMP at an offset in the slot.
    case protectionTop(offset: UInt64)
    /// Sv39 with this table as its root.
    case rootTable(Int)
    /// Something in the slot as it is seen through a superpage at `va`.
    case through(va: UInt64, level: Int, offset: UInt64)
  }

  /// Instructions in order: 16 bits if the lowest two are not both set, otherwise 32.
  var instructions: [UInt32] = []
  /// Where in its pages the code begins.
  var codeOffset: UInt64 = 0
  var mode = PrivilegeMode.machine
  /// x0...x31.
  var registers = [Value](repeating: .number(0), count: 32)
  var csrs: [String: Value] = [:]
  /// What the data pages are filled from.
  var dataSeed: UInt64 = 0
  /// Where the program sees its code, its handler and its data; nil if that is where they lie.
  var addresses: Addresses?
  /// Where superpages show the program's data, and pages whose tables are odd.
  var superpages: [(va: UInt64, level: Int)] = []
  var oddPages: [UInt64] = []
  /// Whether `mstatus.MPRV` may be set; the program has no `mret` or `sret` then.
  var usesMPRV = false
  /// Page tables: entries by table and index.
  var entries: [TableEntry] = []
  /// Indices of instructions at which to go on when there is nothing to resume behind.
  var landings: [Int] = []
  /// Instructions after which the program is taken to run for ever.
  var budget: UInt64 = 20_000
  /// Whether it may do anything, rather than what its generator meant it to.
  var isWild = true

  struct Addresses: Sendable {
    var code, handler, data: UInt64
  }

  struct TableEntry: Sendable {
    enum Target: Sendable {
      case table(Int)
      /// A physical address in the slot, cut off to the size of the page.
      case slot(UInt64, level: Int)
      case physical(UInt64)
    }
    var table: Int
    var index: UInt64
    var target: Target
    var flags: UInt64
  }

  static func length(_ instruction: UInt32) -> UInt64 { instruction & 3 == 3 ? 4 : 2 }

  /// Where each instruction begins, from the start of the code's pages, and where the code ends.
  var offsets: [UInt64] {
    var offsets = [codeOffset]
    for instruction in instructions { offsets.append(offsets[offsets.count - 1] + Self.length(instruction)) }
    return offsets
  }

  /// Whether `va` may be in a page that the program's tables map.
  func maps(_ va: UInt64) -> Bool {
    guard let addresses else { return false }
    if va &- addresses.code < Layout.codeSize || va &- addresses.data < 0x8000 { return true }
    if oddPages.contains(where: { va &- $0 < 4096 }) { return true }
    return superpages.contains { va &- $0.va < Sv39.span(level: $0.level) }
  }

  /// Writes the program into a slot that begins at physical address `slot`. All 128 KiB are written.
  func place(at slot: UInt64, in memory: PhysicalMemory) {
    memory.fill(slot, count: Int(Layout.slotSize), with: 0)
    func put(_ offset: UInt64, _ value: UInt64) { memory.store64(slot + offset, value) }
    let offsets = offsets
    let end = offsets[offsets.count - 1]
    let seen =
      addresses
      ?? Addresses(code: slot + Layout.code, handler: slot + Layout.handler, data: slot + Layout.data)

    func resolve(_ value: Value) -> UInt64 {
      switch value {
      case .number(let number): number
      case .code(let offset): seen.code &+ offset
      case .data(let offset): seen.data &+ offset
      case .handler: seen.handler
      case .slot(let offset): slot + offset
      case .protection(let offset, let size): (slot + offset) >> 2 | (size >> 3 - 1)
      case .protectionTop(let offset): (slot + offset) >> 2
      case .through(let va, let level, let offset): va | (slot + offset) & (Sv39.span(level: level) - 1)
      case .rootTable(let n): 8 << 60 | (slot + Layout.tables) >> 12 + UInt64(n)
      }
    }
    for n in 1..<32 { put(8 * UInt64(n), resolve(registers[n])) }
    for (name, offset) in Layout.parameters {
      // MPP is where the program starts; UXL and SXL, which QEMU lets be written, are 64 bits again.
      let start = name == "mstatus" ? UInt64(mode.rawValue) << 11 | 0xA << 32 : 0
      put(offset, (csrs[name].map(resolve) ?? 0) | start)
    }
    put(Layout.entry, seen.code &+ codeOffset)
    put(Layout.codeVA, seen.code)
    put(Layout.codeReach, Layout.codeSize)
    put(Layout.codeEnd, end)
    put(Layout.codePA, slot + Layout.code)
    put(Layout.handlerVA, seen.handler)
    put(Layout.frameLimit, slot + Layout.frames + UInt64(Layout.mostTraps) * Layout.frameSize)
    for n in 0..<Layout.landingCount {
      let landing = landings.isEmpty ? end : offsets[landings[n % landings.count]]
      put(Layout.landings + 8 * UInt64(n), seen.code &+ (n < landings.count ? landing : end))
    }

    placeCode(at: slot + Layout.code, end: end, in: memory)
    memory.store32(slot + Layout.handler, 0x0000_0073)
    memory.store32(slot + Layout.handler + 4, 0x1020_0073)
    var random = SeededGenerator(seed: dataSeed)
    for offset in stride(from: 0, to: Layout.dataSize, by: 8) {
      put(Layout.data + offset, random.interesting())
    }
    for entry in entries {
      let pa: UInt64 =
        switch entry.target {
        case .table(let n): slot + Layout.tables + UInt64(n) << 12
        case .slot(let offset, let level): (slot + offset) & ~(Sv39.span(level: level) - 1)
        case .physical(let address): address
        }
      put(
        Layout.tables + UInt64(entry.table) << 12 + 8 * (entry.index & 511),
        PTE(pa: pa, flags: []).rawValue | entry.flags)
    }
  }

  /// `c.nop` before the code, `ecall` behind it.
  private func placeCode(at start: UInt64, end: UInt64, in memory: PhysicalMemory) {
    for offset in stride(from: 0, to: codeOffset, by: 2) { memory.store16(start + offset, 0x0001) }
    var offset = codeOffset
    for instruction in instructions {
      if Self.length(instruction) == 4 {
        memory.store32(start + offset, instruction)
      } else {
        memory.store16(start + offset, UInt16(truncatingIfNeeded: instruction))
      }
      offset += Self.length(instruction)
    }
    while offset + 4 <= Layout.codeSize {
      memory.store32(start + offset, 0x0000_0073)
      offset += 4
    }
  }
}

extension SeededGenerator {
  /// True `n` times in a hundred.
  mutating func percent(_ n: UInt64) -> Bool { next() % 100 < n }

  mutating func below(_ n: UInt64) -> UInt64 { next() % n }

  /// A number that is as likely to be at an edge as not: small, one bit, a run of bits, the sign bits of a
  /// word.
  mutating func interesting() -> UInt64 {
    let raw = next()
    switch raw & 7 {
    case 0: return raw >> 3 & 15
    case 1: return UInt64(bitPattern: -Int64(raw >> 3 & 15))
    case 2:
      let bit = raw >> 3 & 63
      // Not the finisher's address.
      return 1 << (bit == 20 ? 21 : bit)
    case 3: return UInt64.max << (raw >> 3 & 63)
    case 4: return UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: raw >> 13)))
    // Not as zero-extended words: there the monitor lies.
    case 5: return UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: 0x7fff_ffff &+ (raw >> 3 & 3))))
    default: return next()
    }
  }
}

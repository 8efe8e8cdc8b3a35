import Sv39MMU

@testable import RV64

/// 16 MiB of RAM at 0x80000000 with page tables in its first pages, for tests to put guest code and data in.
///
/// Physical pages are named by `frame(n)`: n pages of 4 KiB into RAM's second MiB.
final class HartTestGuest {
  let memory: PhysicalMemory
  static let base: UInt64 = 0x8000_0000
  /// R, W, X and U.
  static let all: UInt64 = 0x1E
  static let readOnly: UInt64 = 0x12
  static let readWrite: UInt64 = 0x16
  private var nextTable = HartTestGuest.base

  init() throws { memory = try PhysicalMemory(base: Self.base, size: 16 << 20) }

  static func frame(_ n: Int) -> UInt64 { base + 0x10_0000 + UInt64(n) * 4096 }

  /// A new, empty root table: a value for `satp`.
  func newAddressSpace() -> UInt64 {
    lastSpace = 8 << 60 | newTable() >> 12
    return lastSpace
  }

  /// The address space that was made last.
  private(set) var lastSpace: UInt64 = 0

  /// Where the level-0 table lies that serves `va`, whose way there is mapped.
  func leafTable(_ satp: UInt64, _ va: UInt64) -> UInt64 {
    [2, 1].reduce((satp & 0xFFF_FFFF_FFFF) << 12) { table, level in
      (memory.load64(table + PX(level, va) * 8) >> 10) << 12
    }
  }

  private func newTable() -> UInt64 {
    defer { nextTable += 4096 }
    return nextTable
  }

  /// Maps the page at `va` to the one at `pa` with `flags`, besides V; flags 0 unmap it.
  func map(_ satp: UInt64, _ va: UInt64, _ pa: UInt64, flags: UInt64 = all) {
    var table = (satp & 0xFFF_FFFF_FFFF) << 12
    for level in [2, 1] {
      let entry = table + PX(level, va) * 8
      if memory.load64(entry) == 0 { memory.store64(entry, (newTable() >> 12) << 10 | 1) }
      table = (memory.load64(entry) >> 10) << 12
    }
    memory.store64(table + PX(0, va) * 8, flags == 0 ? 0 : (pa >> 12) << 10 | flags | 1)
  }

  /// Writes halfwords and words of code, in order, at a physical address.
  func put(_ code: [Code], at address: UInt64) {
    var at = address
    for item in code {
      switch item {
      case .c(let halfword): memory.store16(at, halfword)
      case .w(let word): memory.store32(at, word)
      }
      at += item.size
    }
  }

  /// A hart with code pages from va 0x1000 on in frames 0...3 and data pages from va 0x10000 on in frames
  /// 8...11.
  func hart(running code: [Code], at pc: UInt64 = 0x1000, fastPaths: FastPaths = .standard) -> Hart {
    let satp = newAddressSpace()
    for page in 0..<4 {
      map(satp, 0x1000 + UInt64(page) * 4096, Self.frame(page))
      map(satp, 0x10000 + UInt64(page) * 4096, Self.frame(8 + page))
    }
    put(code, at: Self.frame(0) + (pc - 0x1000))
    var hart = Hart(memory: memory, fastPaths: fastPaths)
    hart.satp = satp
    hart.pc = pc
    return hart
  }
}

/// An encoded instruction of 16 or 32 bits.
enum Code {
  case c(UInt16)
  case w(UInt32)

  var size: UInt64 {
    switch self {
    case .c: 2
    case .w: 4
    }
  }

  private static func i(_ opcode: UInt32, _ funct3: UInt32, _ rd: Int, _ rs1: Int, _ imm: Int) -> Code {
    let high = UInt32(truncatingIfNeeded: imm) << 20
    return .w(high | UInt32(rs1) << 15 | funct3 << 12 | UInt32(rd) << 7 | opcode)
  }

  private static func s(_ funct3: UInt32, _ rs2: Int, _ rs1: Int, _ imm: Int) -> Code {
    let imm = UInt32(truncatingIfNeeded: imm)
    let high = (imm >> 5 & 0x7F) << 25 | UInt32(rs2) << 20 | UInt32(rs1) << 15
    return .w(high | funct3 << 12 | (imm & 31) << 7 | 0x23)
  }

  static func addi(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x13, 0, rd, rs1, imm) }
  static func andi(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x13, 7, rd, rs1, imm) }
  static func slli(_ rd: Int, _ rs1: Int, _ shift: Int) -> Code { i(0x13, 1, rd, rs1, shift) }
  static func srli(_ rd: Int, _ rs1: Int, _ shift: Int) -> Code { i(0x13, 5, rd, rs1, shift) }
  static func auipc(_ rd: Int, _ pages: UInt32) -> Code { .w(pages << 12 | UInt32(rd) << 7 | 0x17) }
  static func lb(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x03, 0, rd, rs1, imm) }
  static func lbu(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x03, 4, rd, rs1, imm) }
  static func addiw(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x1B, 0, rd, rs1, imm) }
  static func lh(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x03, 1, rd, rs1, imm) }
  static func lw(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x03, 2, rd, rs1, imm) }
  static func ld(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x03, 3, rd, rs1, imm) }
  static func lwu(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x03, 6, rd, rs1, imm) }
  static func sb(_ rs2: Int, _ rs1: Int, _ imm: Int) -> Code { s(0, rs2, rs1, imm) }
  static func sh(_ rs2: Int, _ rs1: Int, _ imm: Int) -> Code { s(1, rs2, rs1, imm) }
  static func sw(_ rs2: Int, _ rs1: Int, _ imm: Int) -> Code { s(2, rs2, rs1, imm) }
  static func sd(_ rs2: Int, _ rs1: Int, _ imm: Int) -> Code { s(3, rs2, rs1, imm) }
  static func jalr(_ rd: Int, _ rs1: Int, _ imm: Int) -> Code { i(0x67, 0, rd, rs1, imm) }

  private static func b(_ funct3: UInt32, _ rs1: Int, _ rs2: Int, _ offset: Int) -> Code {
    let imm = UInt32(truncatingIfNeeded: offset)
    let high = (imm >> 12 & 1) << 31 | (imm >> 5 & 0x3F) << 25 | UInt32(rs2) << 20 | UInt32(rs1) << 15
    return .w(high | funct3 << 12 | (imm >> 1 & 15) << 8 | (imm >> 11 & 1) << 7 | 0x63)
  }

  static func bne(_ rs1: Int, _ rs2: Int, _ offset: Int) -> Code { b(1, rs1, rs2, offset) }
  static func blt(_ rs1: Int, _ rs2: Int, _ offset: Int) -> Code { b(4, rs1, rs2, offset) }
  static func bltu(_ rs1: Int, _ rs2: Int, _ offset: Int) -> Code { b(6, rs1, rs2, offset) }

  static func jal(_ rd: Int, _ offset: Int) -> Code {
    let imm = UInt32(truncatingIfNeeded: offset)
    let high = (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3FF) << 21 | (imm >> 11 & 1) << 20
    return .w(high | (imm >> 12 & 0xFF) << 12 | UInt32(rd) << 7 | 0x6F)
  }

  static func amo(_ funct5: UInt32, _ funct3: UInt32, _ rd: Int, _ rs2: Int, _ rs1: Int) -> Code {
    .w(funct5 << 27 | UInt32(rs2) << 20 | UInt32(rs1) << 15 | funct3 << 12 | UInt32(rd) << 7 | 0x2F)
  }
  static func lrW(_ rd: Int, _ rs1: Int) -> Code { amo(2, 2, rd, 0, rs1) }
  static func lrD(_ rd: Int, _ rs1: Int) -> Code { amo(2, 3, rd, 0, rs1) }
  static func scW(_ rd: Int, _ rs2: Int, _ rs1: Int) -> Code { amo(3, 2, rd, rs2, rs1) }
  static func scD(_ rd: Int, _ rs2: Int, _ rs1: Int) -> Code { amo(3, 3, rd, rs2, rs1) }

  static func csrrw(_ rd: Int, _ csr: CSR, _ rs1: Int) -> Code { i(0x73, 1, rd, rs1, Int(csr.rawValue)) }
  static func csrrs(_ rd: Int, _ csr: CSR, _ rs1: Int) -> Code { i(0x73, 2, rd, rs1, Int(csr.rawValue)) }
  static func csrrc(_ rd: Int, _ csr: CSR, _ rs1: Int) -> Code { i(0x73, 3, rd, rs1, Int(csr.rawValue)) }

  static let ecall = Code.w(0x0000_0073)
  static let ebreak = Code.w(0x0010_0073)
  static let sret = Code.w(0x1020_0073)
  static let mret = Code.w(0x3020_0073)
  static let wfi = Code.w(0x1050_0073)
  static let sfenceVma = Code.w(0x1200_0073)
  static let fence = Code.w(0x0FF0_000F)
  static let fenceI = Code.w(0x0000_100F)
  static let nop = Code.c(0x0001)

  /// The encoded bits.
  var bits: UInt32 {
    switch self {
    case .c(let halfword): UInt32(halfword)
    case .w(let word): word
    }
  }
}

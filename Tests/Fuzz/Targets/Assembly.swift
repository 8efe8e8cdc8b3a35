/// Writes machine code for the programs that targets put around their input (unprivileged specification,
/// RV64I).
struct Assembly {
  private(set) var words: [UInt32] = []

  static let zero: UInt32 = 0, sp: UInt32 = 2, t0: UInt32 = 5, t1: UInt32 = 6, t2: UInt32 = 7
  static let s0: UInt32 = 8, s1: UInt32 = 9, a0: UInt32 = 10, a7: UInt32 = 17
  static let s2: UInt32 = 18, s3: UInt32 = 19, s4: UInt32 = 20, s5: UInt32 = 21

  static let mepc: UInt32 = 0x341, mtvec: UInt32 = 0x305

  var bytes: [UInt8] { words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } }

  mutating func word(_ word: UInt32) { words.append(word) }

  mutating func addi(_ rd: UInt32, _ rs1: UInt32, _ immediate: Int32) {
    word(UInt32(bitPattern: immediate) << 20 | rs1 << 15 | rd << 7 | 0x13)
  }

  mutating func move(_ rd: UInt32, _ rs1: UInt32) { addi(rd, rs1, 0) }

  mutating func lui(_ rd: UInt32, _ upper: UInt32) { word(upper << 12 | rd << 7 | 0x37) }

  mutating func slli(_ rd: UInt32, _ rs1: UInt32, _ shift: UInt32) {
    word(shift << 20 | rs1 << 15 | 1 << 12 | rd << 7 | 0x13)
  }

  /// Puts `value` into `rd`, with as many instructions as needed.
  mutating func load(_ rd: UInt32, _ value: UInt64) {
    if Int64(bitPattern: value) == Int64(Int32(truncatingIfNeeded: value)) {
      let low = Int32(truncatingIfNeeded: value << 20) >> 20
      let upper = UInt32(truncatingIfNeeded: (value &- UInt64(bitPattern: Int64(low))) >> 12) & 0xFFFFF
      // If the carry changes bit 31 of the sum, the sign of lui's result is wrong. Then use the way for large
      // numbers.
      let made = Int64(Int32(bitPattern: upper << 12)) &+ Int64(low)
      if made == Int64(bitPattern: value) {
        lui(rd, upper)
        return addi(rd, rd, low)
      }
    }
    addi(rd, Self.zero, Int32(truncatingIfNeeded: value >> 55))
    for shift in stride(from: 44, through: 0, by: -11) {
      slli(rd, rd, 11)
      // Only eleven bits are added at a time, so the number is never negative.
      addi(rd, rd, Int32(truncatingIfNeeded: value >> UInt64(shift) & 0x7FF))
    }
  }

  /// `ld rd, offset(rs1)`
  mutating func ld(_ rd: UInt32, _ rs1: UInt32, _ offset: UInt32 = 0) {
    word(offset << 20 | rs1 << 15 | 3 << 12 | rd << 7 | 0x03)
  }

  /// A load of 1 << `size` bytes. If they are fewer than a register has, they are zero-extended.
  mutating func load(size: UInt32, _ rd: UInt32, _ rs1: UInt32) {
    word(rs1 << 15 | (size == 3 ? 3 : size | 4) << 12 | rd << 7 | 0x03)
  }

  /// A store of 1 << `size` bytes.
  mutating func store(size: UInt32, _ rs2: UInt32, _ rs1: UInt32) {
    word(rs2 << 20 | rs1 << 15 | size << 12 | 0x23)
  }

  /// `sd rs2, offset(rs1)`, for an offset of 0 to 31.
  mutating func sd(_ rs2: UInt32, _ rs1: UInt32, _ offset: UInt32 = 0) {
    word(rs2 << 20 | rs1 << 15 | 3 << 12 | offset << 7 | 0x23)
  }

  mutating func csrw(_ csr: UInt32, _ rs1: UInt32) { word(csr << 20 | rs1 << 15 | 1 << 12 | 0x73) }

  mutating func csrr(_ rd: UInt32, _ csr: UInt32) { word(csr << 20 | 2 << 12 | rd << 7 | 0x73) }

  mutating func jal(_ offset: Int32) {
    let o = UInt32(bitPattern: offset)
    word((o >> 20 & 1) << 31 | (o >> 1 & 0x3FF) << 21 | (o >> 11 & 1) << 20 | (o >> 12 & 0xFF) << 12 | 0x6F)
  }

  mutating func bne(_ rs1: UInt32, _ rs2: UInt32, _ offset: Int32) {
    let o = UInt32(bitPattern: offset)
    word(
      (o >> 12 & 1) << 31 | (o >> 5 & 0x3F) << 25 | rs2 << 20 | rs1 << 15 | 1 << 12 | (o >> 1 & 0xF) << 8
        | (o >> 11 & 1) << 7 | 0x63)
  }

  mutating func ecall() { word(0x73) }
  mutating func mret() { word(0x3020_0073) }

  /// Puts the number of a system call into a7 and makes the call.
  mutating func call(_ number: Int32) {
    addi(Self.a7, Self.zero, number)
    ecall()
  }

  /// An executable with one segment: it begins at `address` and holds `code`, then `room` bytes of zeroes.
  static func elf(_ code: [UInt8], at address: UInt64, room: UInt64 = 0) -> [UInt8] {
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { file.append(contentsOf: $0) }
    }
    append(UInt16(2))
    append(UInt16(243))
    append(UInt32(1))
    for value in [address, 64, 0] { append(value) }
    append(UInt32(1))
    for value: UInt16 in [64, 56, 1, 0, 0, 0] { append(value) }
    append(UInt32(1))
    append(UInt32(7))
    for value in [120, address, address, UInt64(code.count), UInt64(code.count) + room, 4096] {
      append(value)
    }
    return file + code
  }
}

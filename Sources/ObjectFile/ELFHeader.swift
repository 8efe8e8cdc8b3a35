extension ELF {
  /// `Elf64_Ehdr`: the fields that hold information of their own.
  package struct Header: Equatable, Sendable {
    /// Bytes in the file.
    package static let byteCount = 64

    /// EM_RISCV
    package static let machine: UInt16 = 243

    /// `e_type`: 2 is an executable at fixed addresses (ET_EXEC), 3 one that may be moved (ET_DYN).
    package var type: UInt16
    /// `e_entry`: the address of the first instruction.
    package var entry: UInt64
    /// `e_flags`: bit 0 says that the code may hold compressed instructions.
    package var flags: UInt32
    /// `e_phoff`, `e_phnum`
    package var programHeaders: (offset: UInt64, count: Int) { (programHeaderOffset, programHeaderCount) }

    var programHeaderOffset: UInt64
    var programHeaderCount: Int
    var sectionHeaderOffset: UInt64
    var sectionHeaderCount: Int
    var sectionNameIndex: Int

    /// Reads and checks the header: it must be that of an executable for 64-bit little-endian RISC-V, with
    /// tables of ELF64's sizes.
    init(_ reader: ByteReader) throws(ELFError) {
      let magic = ELF.magic
      guard reader.bytes.starts(with: magic) else {
        if !reader.bytes.isEmpty, magic.starts(with: reader.bytes) {
          throw ELFError(0, .truncated(.header, fileBytes: reader.bytes.count))
        }
        throw ELFError(0, .badMagic)
      }
      guard reader.range(at: 0, count: UInt64(Self.byteCount)) != nil else {
        throw ELFError(0, .truncated(.header, fileBytes: reader.bytes.count))
      }
      try Self.checkIdentity(reader)

      type = reader.u16(16)
      guard type == 2 || type == 3 else { throw ELFError(16, .notExecutable(type)) }
      entry = reader.u64(24)
      flags = reader.u32(48)
      programHeaderOffset = reader.u64(32)
      sectionHeaderOffset = reader.u64(40)
      programHeaderCount = Int(reader.u16(56))
      sectionHeaderCount = Int(reader.u16(60))
      sectionNameIndex = Int(reader.u16(62))

      try Self.checkSize(reader.u16(52), at: 52, .header, Self.byteCount)
      if programHeaderCount > 0 {
        try Self.checkSize(reader.u16(54), at: 54, .programHeader, Segment.byteCount)
        guard programHeaderOffset >= UInt64(Self.byteCount) else {
          throw ELFError(32, .programHeadersInHeader(offset: programHeaderOffset))
        }
      }
      if sectionHeaderCount > 0 {
        try Self.checkSize(reader.u16(58), at: 58, .sectionHeader, Section.byteCount)
      }
      guard programHeaderCount <= ELF.maxSegments else {
        throw ELFError(56, .absurdCount(.programHeader, UInt64(programHeaderCount)))
      }
      // If the count is 0 although there is a table, or is above SHN_LORESERVE, the true count does not fit
      // into 16 bits.
      guard sectionHeaderCount < 0xff00, (sectionHeaderCount == 0) == (sectionHeaderOffset == 0) else {
        throw ELFError(60, .absurdCount(.sectionHeader, UInt64(sectionHeaderCount)))
      }
    }

    /// Checks the identification bytes, version and machine. They tell whether the file is for us at all, so
    /// they are read first.
    private static func checkIdentity(_ reader: ByteReader) throws(ELFError) {
      switch reader.u8(4) {
      case 2: break
      case 1:
        // `e_machine` is at the same place in 32-bit files, and tells more.
        let machine = reader.u16(18)
        if machine != Self.machine && reader.u8(5) == 1 { throw ELFError(18, .wrongMachine(machine)) }
        throw ELFError(4, .thirtyTwoBit)
      case let other: throw ELFError(4, .badClass(other))
      }
      switch reader.u8(5) {
      case 1: break
      case 2: throw ELFError(5, .bigEndian)
      case let other: throw ELFError(5, .badDataEncoding(other))
      }
      guard reader.u8(6) == 1 else { throw ELFError(6, .badVersion(UInt32(reader.u8(6)))) }
      let machine = reader.u16(18)
      guard machine == Self.machine else { throw ELFError(18, .wrongMachine(machine)) }
      guard reader.u32(20) == 1 else { throw ELFError(20, .badVersion(reader.u32(20))) }
    }

    private static func checkSize(
      _ size: UInt16, at offset: Int, _ structure: ELFError.Structure, _ expected: Int
    ) throws(ELFError) {
      guard Int(size) == expected else {
        throw ELFError(offset, .badEntrySize(structure, size: UInt64(size), expected: expected))
      }
    }
  }
}

extension ELF {
  /// The first bytes of every ELF file, 0x7f and `ELF` (System V ABI, "ELF Identification").
  package static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
}

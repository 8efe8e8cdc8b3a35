/// Bytes that are not an ELF file for 64-bit RISC-V. The caller knows the file's name and puts it in front:
/// `kernel: offset 18: built for x86-64, not for RISC-V`.
package struct ELFError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where, in bytes from the beginning of the file.
  package var offset: Int

  /// What is wrong there.
  package var reason: Reason

  package enum Reason: Equatable, Sendable {
    /// The file ends inside the structure.
    case truncated(Structure, fileBytes: Int)
    /// The first four bytes are not 0x7f 'E' 'L' 'F'.
    case badMagic
    /// EI_CLASS says 32 bits.
    case thirtyTwoBit
    /// EI_CLASS is neither 1 nor 2.
    case badClass(UInt8)
    /// EI_DATA says that the most significant byte comes first.
    case bigEndian
    /// EI_DATA is neither 1 nor 2.
    case badDataEncoding(UInt8)
    /// EI_VERSION or `e_version` is not 1.
    case badVersion(UInt32)
    /// `e_machine` is not EM_RISCV.
    case wrongMachine(UInt16)
    /// `e_type` is neither ET_EXEC nor ET_DYN: an object file or a core dump.
    case notExecutable(UInt16)
    /// A header gives headers of this kind a size that is not ELF64's.
    case badEntrySize(Structure, size: UInt64, expected: Int)
    /// The program headers begin inside the ELF header.
    case programHeadersInHeader(offset: UInt64)
    /// More headers than any program has, or the value that means "more than 16 bits can count".
    case absurdCount(Structure, UInt64)
    /// The bytes of program header `index` are not all in the file.
    case segmentOutsideFile(index: Int, offset: UInt64, size: UInt64, fileBytes: Int)
    /// The addresses of program header `index` run past the end of the address space.
    case segmentAddressOverflow(index: Int, address: UInt64, size: UInt64)
    /// A loadable segment has more bytes in the file than in memory.
    case segmentLargerInFile(index: Int, fileSize: UInt64, memorySize: UInt64)
    /// The bytes of section header `index` are not all in the file.
    case sectionOutsideFile(index: Int, offset: UInt64, size: UInt64, fileBytes: Int)
    /// A section refers to another one that does not exist or is of the wrong kind.
    case badSectionLink(from: Structure, to: UInt64)
    /// The string table in section `index` does not end in NUL.
    case unterminatedStringTable(index: Int)
    /// A name begins past the end of its string table.
    case badName(Structure, index: Int, name: UInt32, tableSize: Int)
    /// The size of a symbol table is not a whole number of symbols.
    case partialSymbol(size: UInt64)
  }

  /// The part of the file that an error is about.
  package enum Structure: String, Sendable {
    case header = "ELF header"
    case programHeader = "program header"
    case sectionHeader = "section header"
    case symbol
    case sectionNames = "section name table"
    case symbolTable = "symbol table"
  }

  init(_ offset: some BinaryInteger, _ reason: Reason) {
    self.offset = Int(clamping: offset)
    self.reason = reason
  }

  package var description: String { "offset \(offset): \(reason)" }
}

extension ELFError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .truncated(let structure, let fileBytes):
      "\(structure.rawValue) is cut off: the file has \(fileBytes) bytes"
    case .badMagic: "not an ELF file"
    case .thirtyTwoBit: "a 32-bit ELF file, not 64-bit: xv6-riscv is for rv64"
    case .badClass(let value): "ELF class is \(value), 64-bit is 2"
    case .bigEndian: "a big-endian ELF file, not little-endian"
    case .badDataEncoding(let value): "ELF data encoding is \(value), little-endian is 1"
    case .badVersion(let value): "ELF version is \(value), not 1"
    case .wrongMachine(let machine):
      "built for \(machineName(machine)), not for RISC-V"
        + (machine == 3 || machine == 62 ? ": the lab is about xv6-riscv, not the older xv6 for x86" : "")
    case .notExecutable(let type): "\(typeName(type)), not an executable"
    case .badEntrySize(let structure, let size, let expected):
      "\(structure.rawValue) size is \(size), ELF64's is \(expected)"
    case .programHeadersInHeader(let offset):
      "program headers begin at \(offset), inside of the ELF header"
    case .absurdCount(let structure, let count): "\(structure.rawValue) count is \(count)"
    case .segmentOutsideFile(let index, let offset, let size, let fileBytes):
      "segment \(index), \(size) bytes at \(offset), lies outside the file of \(fileBytes) bytes"
    case .segmentAddressOverflow(let index, let address, let size):
      "segment \(index), \(size) bytes at address \(hex(address)), runs past the address space"
    case .segmentLargerInFile(let index, let fileSize, let memorySize):
      "segment \(index) has \(fileSize) bytes in the file, \(memorySize) in memory"
    case .sectionOutsideFile(let index, let offset, let size, let fileBytes):
      "section \(index), \(size) bytes at \(offset), lies outside the file of \(fileBytes) bytes"
    case .badSectionLink(let from, let to): "\(from.rawValue) refers to section \(to), which cannot serve it"
    case .unterminatedStringTable(let index): "the string table in section \(index) does not end in NUL"
    case .badName(let structure, let index, let name, let tableSize):
      "\(structure.rawValue) \(index) has its name at \(name) of a string table of \(tableSize) bytes"
    case .partialSymbol(let size): "a symbol table of \(size) bytes is no whole number of symbols"
    }
  }
}

/// The number in hexadecimal, as all error messages of this module show it.
func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

/// What people call the machine of an `e_machine` number.
private func machineName(_ machine: UInt16) -> String {
  switch machine {
  case 2: "SPARC"
  case 3: "x86 (32-bit)"
  case 8: "MIPS"
  case 20: "PowerPC"
  case 21: "PowerPC64"
  case 22: "S/390"
  case 40: "ARM (32-bit)"
  case 43: "SPARC V9"
  case 62: "x86-64"
  case 183: "AArch64"
  case 247: "BPF"
  case 258: "LoongArch"
  default: "machine \(machine)"
  }
}

/// What people call a file of an `e_type` number.
private func typeName(_ type: UInt16) -> String {
  switch type {
  case 1: "an object file"
  case 4: "a core dump"
  default: "an ELF file of type \(type)"
  }
}

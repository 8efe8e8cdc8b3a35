extension ELF {
  /// `Elf64_Phdr`: a piece of the program as it is in memory.
  package struct Segment: Equatable, Sendable {
    /// Bytes in the file.
    package static let byteCount = 56

    /// PT_LOAD: the type of the segments that a loader copies.
    package static let load: UInt32 = 1

    /// `p_type`
    package var type: UInt32
    /// `p_flags`
    package var flags: UInt32
    /// `p_offset`: where its bytes begin in the file.
    package var offset: UInt64
    /// `p_vaddr`
    package var virtualAddress: UInt64
    /// `p_paddr`
    package var physicalAddress: UInt64
    /// `p_filesz`: its bytes in the file.
    package var fileSize: UInt64
    /// `p_memsz`: its bytes in memory. Those that the file does not have are zero.
    package var memorySize: UInt64
    /// `p_align`
    package var alignment: UInt64

    /// Whether a loader copies it.
    package var isLoadable: Bool { type == Self.load }
    /// PF_R
    package var isReadable: Bool { flags & 4 != 0 }
    /// PF_W
    package var isWritable: Bool { flags & 2 != 0 }
    /// PF_X
    package var isExecutable: Bool { flags & 1 != 0 }

    /// Program header `index`, at `offset` of the file. A loadable segment must fit into the file and the
    /// address space.
    init(_ reader: ByteReader, at header: Int, index: Int) throws(ELFError) {
      type = reader.u32(header)
      flags = reader.u32(header + 4)
      offset = reader.u64(header + 8)
      virtualAddress = reader.u64(header + 16)
      physicalAddress = reader.u64(header + 24)
      fileSize = reader.u64(header + 32)
      memorySize = reader.u64(header + 40)
      alignment = reader.u64(header + 48)

      if type == 0 { return }
      // If a segment has no bytes in the file (a program with only .bss), its place in the file does not
      // matter.
      guard fileSize == 0 || reader.range(at: offset, count: fileSize) != nil else {
        throw ELFError(
          header + 8,
          .segmentOutsideFile(index: index, offset: offset, size: fileSize, fileBytes: reader.bytes.count))
      }
      guard isLoadable else { return }
      guard fileSize <= memorySize else {
        throw ELFError(
          header + 32, .segmentLargerInFile(index: index, fileSize: fileSize, memorySize: memorySize))
      }
      guard !virtualAddress.addingReportingOverflow(memorySize).overflow,
        !physicalAddress.addingReportingOverflow(memorySize).overflow
      else {
        throw ELFError(
          header + 16, .segmentAddressOverflow(index: index, address: virtualAddress, size: memorySize))
      }
    }
  }
}

extension DWARF {
  /// Runs line programs (section 6.2.5). They give the rows of the table that says which source line an
  /// address comes from.
  struct LineProgram {
    private let header: LineHeader
    /// The files that this program names, as a range of all files.
    private(set) var files: Range<Int>

    // The registers of the state machine (section 6.2.2).
    private var address: UInt64 = 0
    private var file: UInt64 = 1
    private var line: Int64 = 1
    private var column: UInt64 = 0
    private var isStatement = false
    private var endsPrologue = false

    /// The number of bytes in the section that the header and program take together.
    var byteCount: Int { header.byteCount }

    /// Runs the program at the cursor, and appends its rows and files to `table`. `directory` is where the
    /// compiler ran.
    init(
      _ cursor: inout Cursor, directory: Text?, _ sections: Sections, table: inout LineTable
    ) throws(DWARFError) {
      let firstFile = table.files.all.count
      header = try LineHeader(&cursor, directory: directory, sections, files: &table.files)
      files = firstFile..<table.files.all.count
      reset()
      while !cursor.isAtEnd { try step(&cursor, directory, &table) }
      table.dropOpenSequence()
    }

    /// The index, among all files, of this program's file `number`; nil if it has no such file. Up to version
    /// 4, numbers begin at 1.
    func fileIndex(_ number: UInt64) -> Int? {
      let position = header.version == 5 ? number : number &- 1
      return position < UInt64(files.count) ? files.lowerBound + Int(position) : nil
    }

    private mutating func reset() {
      (address, file, line, column) = (0, 1, 1, 0)
      isStatement = header.startsAsStatement
      endsPrologue = false
    }

    private mutating func advance(_ operations: UInt64) { address &+= operations &* header.instructionBytes }

    private mutating func appendRow(_ table: inout LineTable) {
      table.append(
        LineTable.Row(
          address: address, file: fileIndex(file).map { UInt32(truncatingIfNeeded: $0) } ?? .max,
          line: UInt32(truncatingIfNeeded: line), column: UInt16(clamping: column),
          isStatement: isStatement, endsPrologue: endsPrologue))
      endsPrologue = false
    }

    /// Runs one opcode.
    private mutating func step(
      _ cursor: inout Cursor, _ directory: Text?, _ table: inout LineTable
    ) throws(DWARFError) {
      let opcode = try cursor.u8()
      if opcode >= header.opcodeBase {
        // Section 6.2.5.1: one opcode moves both address and line.
        let adjusted = UInt64(opcode - header.opcodeBase)
        advance(adjusted / header.lineRange)
        line &+= header.lineBase &+ Int64(adjusted % header.lineRange)
        appendRow(&table)
        return
      }
      switch opcode {
      case 0: try extendedStep(&cursor, directory, &table)
      case 1: appendRow(&table)  // DW_LNS_copy
      case 2: advance(try cursor.uleb())  // DW_LNS_advance_pc
      case 3: line &+= try cursor.sleb()  // DW_LNS_advance_line
      case 4: file = try cursor.uleb()  // DW_LNS_set_file
      case 5: column = try cursor.uleb()  // DW_LNS_set_column
      case 6: isStatement.toggle()  // DW_LNS_negate_stmt
      case 7: break  // DW_LNS_set_basic_block
      case 8: advance(UInt64(255 - header.opcodeBase) / header.lineRange)  // DW_LNS_const_add_pc
      case 9: address &+= try cursor.unsigned(2)  // DW_LNS_fixed_advance_pc
      case 10: endsPrologue = true  // DW_LNS_set_prologue_end
      case 11: break  // DW_LNS_set_epilogue_begin
      default:
        // DW_LNS_set_isa, and opcodes of later versions: the header says how many operands to skip.
        for _ in 0..<header.operandCounts[Int(opcode) - 1] { _ = try cursor.uleb() }
      }
    }

    /// Runs an opcode that is written with its length (section 6.2.5.3).
    private mutating func extendedStep(
      _ cursor: inout Cursor, _ directory: Text?, _ table: inout LineTable
    ) throws(DWARFError) {
      var operation = try cursor.part(try cursor.uleb())
      switch try operation.u8() {
      case 1:  // DW_LNE_end_sequence
        table.endSequence(at: address)
        reset()
      case 2: address = try operation.unsigned(8)  // DW_LNE_set_address
      case 3:  // DW_LNE_define_file
        let name = try operation.text()
        table.files.all.append(
          header.file(name, try LineHeader.directoryIndex(&operation), directory))
        files = files.lowerBound..<table.files.all.count
      default: break  // DW_LNE_set_discriminator, and opcodes that vendors added
      }
    }
  }
}

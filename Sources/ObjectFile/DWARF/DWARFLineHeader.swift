extension DWARF {
  /// The source files that the debug information names, of all units together.
  struct Files: Sendable {
    /// A file as its line table names it: a name, relative to a directory, which is relative to where the
    /// compiler ran.
    struct File: Sendable {
      var name: Text
      var directory: Text?
      var compilationDirectory: Text?
    }

    var all: [File] = []

    /// The path as the project's people write it: relative to where the compiler ran, if the file is below
    /// that place.
    func path(of index: Int, in bytes: [UInt8]) -> String? {
      guard all.indices.contains(index) else { return nil }
      let file = all[index]
      let root = file.compilationDirectory?.string(in: bytes) ?? ""
      var path = file.name.string(in: bytes)
      for directory in [file.directory?.string(in: bytes) ?? "", root] {
        if !path.hasPrefix("/"), !directory.isEmpty { path = directory + "/" + path }
      }
      path = Self.normalized(path)
      let top = Self.normalized(root)
      return !top.isEmpty && path.hasPrefix(top + "/") ? String(path.dropFirst(top.count + 1)) : path
    }

    /// The path without `.`, and with each `..` carried out.
    private static func normalized(_ path: String) -> String {
      var parts: [Substring] = []
      for part in path.split(separator: "/") where part != "." {
        if part == "..", let last = parts.last, last != ".." {
          parts.removeLast()
        } else {
          parts.append(part)
        }
      }
      return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
  }

  /// What a line program needs to know before it runs (section 6.2.4).
  struct LineHeader {
    let version: UInt64
    let instructionBytes: UInt64
    let startsAsStatement: Bool
    let lineBase: Int64
    let lineRange: UInt64
    let opcodeBase: UInt8
    /// How many operands standard opcode `i + 1` has.
    let operandCounts: [UInt8]
    /// The number of bytes in the section that the header and its program take together.
    let byteCount: Int
    private(set) var directories: [Text] = []

    /// Reads the header at the cursor and appends its files to `files`. Then the cursor stands before the
    /// program, and ends where the program ends.
    init(
      _ cursor: inout Cursor, directory: Text?, _ sections: Sections, files: inout Files
    ) throws(DWARFError) {
      let start = cursor.offset
      let (length, is64) = try cursor.initialLength()
      cursor = try cursor.part(length)
      byteCount = cursor.end - cursor.start - start
      version = try cursor.unsigned(2)
      guard (2...5).contains(version) else {
        throw cursor.error(.unsupportedVersion(version), at: cursor.offset - 2)
      }
      if version == 5 {
        let addressSize = try cursor.u8()
        guard addressSize == 8 else {
          throw cursor.error(.badAddressSize(addressSize), at: cursor.offset - 1)
        }
        try cursor.skip(1)  // segment_selector_size
      }
      let headerLength = try cursor.sectionOffset(is64: is64)
      guard headerLength <= UInt64(cursor.end - cursor.position) else {
        throw cursor.error(.badLineHeader(.headerLength, headerLength))
      }
      let program = cursor.position + Int(headerLength)
      var header = cursor.window(cursor.position..<program)
      instructionBytes = UInt64(try header.u8())
      let operations = version >= 4 ? try header.u8() : 1
      // More than one operation in an instruction is for machines with very long instruction words.
      guard operations == 1 else {
        throw header.error(
          .badLineHeader(.operationsPerInstruction, UInt64(operations)), at: header.offset - 1)
      }
      startsAsStatement = try header.u8() != 0
      lineBase = Int64(Int8(bitPattern: try header.u8()))
      lineRange = UInt64(try header.u8())
      guard lineRange != 0 else { throw header.error(.badLineHeader(.lineRange, 0), at: header.offset - 1) }
      opcodeBase = try header.u8()
      guard opcodeBase != 0 else {
        throw header.error(.badLineHeader(.opcodeBase, 0), at: header.offset - 1)
      }
      var counts: [UInt8] = []
      for _ in 1..<opcodeBase { counts.append(try header.u8()) }
      operandCounts = counts

      if version == 5 {
        let encoding = Encoding(version: version, is64: is64)
        for (name, _) in try Self.table(&header, encoding, sections) { directories.append(name) }
        for (name, index) in try Self.table(&header, encoding, sections) {
          files.all.append(file(name, index, directory))
        }
      } else {
        while let name = try Self.name(&header) { directories.append(name) }
        while let name = try Self.name(&header) {
          files.all.append(file(name, try Self.directoryIndex(&header), directory))
        }
      }
      cursor = cursor.window(program..<cursor.end)
    }

    /// The file of an entry. Directory 0 is where the compiler ran; it is written down only from version 5
    /// on.
    func file(_ name: Text, _ index: UInt64, _ compilationDirectory: Text?) -> Files.File {
      let position = version == 5 ? index : index &- 1
      let known = position < UInt64(directories.count)
      return Files.File(
        name: name, directory: known ? directories[Int(position)] : nil,
        compilationDirectory: compilationDirectory)
    }

    /// The next name of a list, or nil at the empty name that ends the list.
    private static func name(_ cursor: inout Cursor) throws(DWARFError) -> Text? {
      let name = try cursor.text()
      return name.start == name.end ? nil : name
    }

    /// The numbers after a file's name, up to version 4: its directory, time and size. Returns the directory.
    static func directoryIndex(_ cursor: inout Cursor) throws(DWARFError) -> UInt64 {
      let index = try cursor.uleb()
      _ = try cursor.uleb()
      _ = try cursor.uleb()
      return index
    }

    /// A table of directories or files in version 5 (section 6.2.4.1): first the fields that each entry has,
    /// then the entries.
    private static func table(
      _ cursor: inout Cursor, _ encoding: Encoding, _ sections: Sections
    ) throws(DWARFError) -> [(name: Text, directory: UInt64)] {
      var fields: [(content: UInt64, form: Form)] = []
      for _ in 0..<(try cursor.u8()) {
        let content = try cursor.uleb()
        let start = cursor.offset
        let code = try cursor.uleb()
        guard let form = Form(rawValue: code), form != .implicitConstant else {
          throw cursor.error(.unknownForm(code), at: start)
        }
        fields.append((content, form))
      }
      let count = try cursor.uleb()
      var entries: [(name: Text, directory: UInt64)] = []
      for _ in 0..<count {
        let start = cursor.position
        var entry = (name: Text(start: start, end: start), directory: UInt64(0))
        for field in fields {
          let value = try DWARF.value(&cursor, field.form, encoding, sections)
          switch (field.content, value) {
          case (1, .text(let name)): entry.name = name  // DW_LNCT_path
          case (2, .unsigned(let index)): entry.directory = index  // DW_LNCT_directory_index
          default: break
          }
        }
        guard cursor.position > start else { throw cursor.error(.emptyFileEntries(count: count)) }
        entries.append(entry)
      }
      return entries
    }
  }
}

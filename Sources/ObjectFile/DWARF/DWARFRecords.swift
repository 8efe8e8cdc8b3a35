extension DWARF {
  /// A function or variable as an entry names it. Definitions and inlined copies refer to these.
  struct Named: Sendable {
    var offset: Int
    var name: Text?
    var origin: UInt64?
    /// Where it is declared: an index into all files, and a line. The line is 0 if the entry does not give
    /// one.
    var file: Int?
    var line: UInt64
    var type: UInt64?
  }

  /// A function that has code.
  struct FunctionRecord: Sendable {
    var named: Int
    /// Its range in ``Records/addresses``.
    var addresses: Range<Int>
    /// Its range in ``Records/inlined``.
    var inlined: Range<Int>
  }

  /// One function's code that was inlined into another function.
  struct InlinedRecord: Sendable {
    var origin: UInt64?
    var addresses: Range<Int>
    /// Where the call is written.
    var file: Int?
    var line: UInt64
    var column: UInt64
  }

  /// A variable that lies at one address.
  struct GlobalRecord: Sendable {
    var named: Int
    var address: UInt64
    var isExternal: Bool
    /// Whether only one function can see it.
    var isLocal: Bool
  }

  struct TypeRecord: Sendable {
    var offset: Int
    var tag: Tag
    var name: Text?
    var byteSize: UInt64?
    var encoding: UInt64
    /// The type that it points to, contains, returns, or is another name for.
    var type: UInt64?
    var isDeclaration: Bool
    /// The indices of its first and last parts in ``Records/parts``.
    var firstPart: Int?
    var lastPart: Int?
  }

  /// A member of a structure, a constant of an enumeration, or a dimension of an array.
  struct PartRecord: Sendable {
    var tag: Tag
    var name: Text?
    var type: UInt64?
    var offset: UInt64
    var bitSize: UInt64?
    var bitOffset: UInt64?
    var constant: Int64
    var count: UInt64?
    /// The index of the type's next part, which comes later in the list.
    var next: Int?
  }

  /// All entries that callers can ask about, in the order of the file.
  struct Records: Sendable {
    var named: [Named] = []
    var functions: [FunctionRecord] = []
    var inlined: [InlinedRecord] = []
    var addresses: [Range<UInt64>] = []
    var globals: [GlobalRecord] = []
    var types: [TypeRecord] = []
    var parts: [PartRecord] = []

    /// The function or variable whose entry is at `offset`.
    func named(at offset: UInt64) -> Named? {
      let index = named.firstIndexFromSorted { UInt64($0.offset) >= offset }
      return index < named.count && UInt64(named[index].offset) == offset ? named[index] : nil
    }

    /// The type whose entry is at `offset`.
    func type(at offset: UInt64) -> Int? {
      let index = types.firstIndexFromSorted { UInt64($0.offset) >= offset }
      return index < types.count && UInt64(types[index].offset) == offset ? index : nil
    }

    /// The entry, with missing attributes filled in from the entries that it refers to.
    func completed(_ entry: Named) -> Named {
      var entry = entry
      // A copy refers to its original, and an original to a declaration at most. A longer chain must be a
      // circle.
      for _ in 0..<4 {
        guard let origin = entry.origin.flatMap(named(at:)) else { break }
        entry.name = entry.name ?? origin.name
        entry.type = entry.type ?? origin.type
        if entry.file == nil { (entry.file, entry.line) = (origin.file, origin.line) }
        entry.origin = origin.origin
      }
      return entry
    }
  }
}

extension DWARF {
  /// A function or variable as an entry names it; definitions and inlined copies refer to such.
  struct Named: Sendable {
    var offset: Int
    var name: Text?
    var origin: UInt64?
    /// Where it is declared: an index into all files, and a line; 0 where the entry does not say.
    var file: Int?
    var line: UInt64
    var type: UInt64?
  }

  /// A function that has code.
  struct FunctionRecord: Sendable {
    var named: Int
    /// Its part of ``Records/addresses``.
    var addresses: Range<Int>
    /// Its part of ``Records/inlined``.
    var inlined: Range<Int>
  }

  /// A function's code inside of another's.
  struct InlinedRecord: Sendable {
    var origin: UInt64?
    var addresses: Range<Int>
    /// Where the call stands.
    var file: Int?
    var line: UInt64
    var column: UInt64
  }

  /// A variable that lies at one address.
  struct GlobalRecord: Sendable {
    var named: Int
    var address: UInt64
    var isExternal: Bool
    /// Whether only one function sees it.
    var isLocal: Bool
  }

  struct TypeRecord: Sendable {
    var offset: Int
    var tag: Tag
    var name: Text?
    var byteSize: UInt64?
    var encoding: UInt64
    /// What it points to, holds, returns or is another name of.
    var type: UInt64?
    var isDeclaration: Bool
    /// The first and last of its ``Records/parts``.
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
    /// The type's next part, which stands behind this one.
    var next: Int?
  }

  /// All entries that somebody asks about, in the order of the file.
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

    /// An entry with what it leaves to the entries that it refers to.
    func completed(_ entry: Named) -> Named {
      var entry = entry
      // A copy refers to its original, an original at most to a declaration: a longer way is a circle.
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

/// The layout of a structure or union in memory.
package struct StructLayout: Equatable, Sendable {
  package struct Member: Equatable, Sendable {
    /// Empty for a structure or union without a name, whose members count as members of the outer one.
    package var name: String
    /// Bytes from the beginning of the outermost structure that was asked about.
    package var offset: UInt64
    /// Bytes, or nil if its type is not complete.
    package var size: UInt64? { type.size }
    package var type: CType
    /// For a bit field: how many bits it has, and where its first bit is, counted from the least significant
    /// bit of the byte at ``offset``.
    package var bits: Bits?
  }

  package struct Bits: Equatable, Sendable {
    package var position: UInt64
    package var count: UInt64
  }

  package var name: String
  /// The bytes that a value takes.
  package var size: UInt64
  /// In the order of the source.
  package var members: [Member]

  /// The member of that name.
  package subscript(name: String) -> Member? { members.first { $0.name == name } }
}

extension DebugInfo {
  /// How deep structures may be inside each other: deeper than in any program.
  private static let maxPathDepth = 32

  /// The layout of `struct name`, `union name`, or the structure that a typedef of that name stands for. Nil
  /// if no unit defines it.
  package func layout(ofStruct name: String) -> StructLayout? {
    let index =
      definition(.structureType, name) ?? definition(.unionType, name) ?? definition(.typedef, name)
    return index.flatMap { layout(of: type($0)) }
  }

  /// The layout of a structure or union. Nil for other types, and for a structure that is only declared.
  package func layout(of type: CType) -> StructLayout? {
    guard type.shape == .structure || type.shape == .union, let index = type.index, let size = type.size
    else {
      return nil
    }
    let record = records.types[index]
    let members = parts(of: record).filter { $0.tag == .member }.map { part in
      StructLayout.Member(
        name: string(part.name) ?? "", offset: part.offset, type: self.type(at: part.type),
        bits: part.bitSize.map { StructLayout.Bits(position: (part.bitOffset ?? 0) % 8, count: $0) })
    }
    return StructLayout(name: string(record.name) ?? "", size: size, members: members)
  }

  /// The member that a path such as `context.sp` leads to, with its offset from the beginning of the
  /// structure. Members of a structure without a name are found as C finds them: as if they were the outer
  /// structure's own.
  package func member(_ path: String, ofStruct name: String) -> StructLayout.Member? {
    guard var layout = layout(ofStruct: name) else { return nil }
    var found: StructLayout.Member?
    var base: UInt64 = 0
    for (depth, part) in path.split(separator: ".", omittingEmptySubsequences: false).enumerated() {
      if let outer = found {
        guard depth < Self.maxPathDepth, let inner = self.layout(of: outer.type) else { return nil }
        (layout, base) = (inner, outer.offset)
      }
      var seen: Set<Int> = []
      guard var member = member(String(part), in: layout, seen: &seen) else { return nil }
      member.offset &+= base
      found = member
    }
    return found
  }

  /// A member by its name alone. `seen` has the types that were already searched, so that a circle ends.
  private func member(_ name: String, in layout: StructLayout, seen: inout Set<Int>) -> StructLayout.Member? {
    guard !name.isEmpty, seen.count < Self.maxPathDepth else { return nil }
    if let member = layout[name] { return member }
    for outer in layout.members where outer.name.isEmpty {
      guard let index = outer.type.index, seen.insert(index).inserted,
        let inner = self.layout(of: outer.type), var member = member(name, in: inner, seen: &seen)
      else { continue }
      member.offset &+= outer.offset
      return member
    }
    return nil
  }

  /// The constants of `enum name`, in the order of the source. Nil if no unit defines it.
  package func constants(ofEnum name: String) -> [(name: String, value: Int64)]? {
    guard let index = definition(.enumerationType, name) else { return nil }
    return parts(of: records.types[index]).filter { $0.tag == .enumerator }
      .map { (string($0.name) ?? "", $0.constant) }
  }

  /// The value of the enumeration constant of that name, in any enumeration.
  package func enumConstant(named name: String) -> Int64? {
    records.parts.first { $0.tag == .enumerator && ($0.name?.matches(name, in: bytes) ?? false) }?.constant
  }
}

/// A type in the program's source.
package struct CType: Equatable, Sendable, CustomStringConvertible {
  /// What values of the type are, after typedefs and qualifiers are removed.
  package indirect enum Shape: Equatable, Sendable {
    case void
    case boolean
    case character
    case integer(isSigned: Bool)
    case floating
    case pointer
    /// `count` is nil if the source does not give it.
    case array(of: CType, count: UInt64?)
    case structure
    case union
    case enumeration
    case function
    /// Not known, or not a C type.
    case other
  }

  /// The type as C writes it: `uint64`, `struct proc *`, `char [16]`.
  package var name: String
  /// The bytes that a value takes, or nil if the type is not complete.
  package var size: UInt64?
  package var shape: Shape

  /// Its index among the program's types, after typedefs are removed.
  var index: Int?

  package var description: String { name }
}

extension DebugInfo {
  /// Types refer to other types. A chain longer than this must be a circle.
  static let maxTypeDepth = 32

  /// The type whose entry is at `offset`. Without an offset it is `void`.
  func type(at offset: UInt64?) -> CType {
    let index = offset.flatMap(records.type(at:))
    guard index != nil || offset == nil else { return CType(name: "?", size: nil, shape: .other) }
    return type(index, depth: 0)
  }

  func type(_ index: Int?, depth: Int = 0) -> CType {
    let name = declaration(of: index, around: "", depth: depth)
    guard depth < Self.maxTypeDepth else { return CType(name: name, size: nil, shape: .other) }
    guard let index = resolved(index) else { return CType(name: name, size: nil, shape: .void) }
    let record = records.types[index]
    var size = record.byteSize
    var shape = CType.Shape.other
    switch record.tag {
    case .baseType: shape = Self.baseShape(record.encoding)
    case .pointerType:
      shape = .pointer
      size = size ?? 8
    case .structureType: shape = .structure
    case .unionType: shape = .union
    case .enumerationType: shape = .enumeration
    case .subroutineType: shape = .function
    case .arrayType:
      let array = array(record, depth: depth)
      shape = array.shape
      size = size ?? array.size
    default: break
    }
    return CType(name: name, size: size, shape: shape, index: index)
  }

  /// The type after typedefs and qualifiers are removed; nil for `void`.
  private func resolved(_ index: Int?) -> Int? {
    var index = index
    for _ in 0..<Self.maxTypeDepth {
      guard let current = index else { return nil }
      switch records.types[current].tag {
      case .typedef, .constType, .volatileType, .restrictType, .atomicType:
        index = records.types[current].type.flatMap(records.type(at:))
      case .structureType, .unionType, .enumerationType: return definition(of: current)
      default: return current
      }
    }
    return index
  }

  /// The complete type that belongs to a type which is only declared, if there is one.
  private func definition(of index: Int) -> Int {
    let record = records.types[index]
    guard record.isDeclaration, let name = string(record.name) else { return index }
    return definition(record.tag, name) ?? index
  }

  /// DW_ATE_* (section 7.8).
  private static func baseShape(_ encoding: UInt64) -> CType.Shape {
    switch encoding {
    case 2: .boolean
    case 4: .floating
    case 5: .integer(isSigned: true)
    case 6, 8: .character
    case 7: .integer(isSigned: false)
    default: .other
    }
  }

  /// An array of arrays has only one entry, with one part for each dimension.
  private func array(_ record: DWARF.TypeRecord, depth: Int) -> (shape: CType.Shape, size: UInt64?) {
    let counts = dimensions(of: record)
    var element = type(record.type.flatMap(records.type(at:)), depth: depth + 1)
    for (position, count) in counts.enumerated().dropFirst().reversed() {
      let size = Self.product(element.size, count)
      let name = declaration(
        of: record.type.flatMap(records.type(at:)), around: Self.brackets(counts[position...]),
        depth: depth + 1)
      element = CType(name: name, size: size, shape: .array(of: element, count: count))
    }
    let count = counts.first ?? nil
    return (.array(of: element, count: count), Self.product(element.size, count))
  }

  /// How many elements each dimension of an array has.
  func dimensions(of record: DWARF.TypeRecord) -> [UInt64?] {
    let parts = parts(of: record, limit: Self.maxTypeDepth)
    let counts = parts.filter { $0.tag == .subrangeType }.map(\.count)
    return counts.isEmpty ? [nil] : counts
  }

  static func brackets(_ counts: some Sequence<UInt64?>) -> String {
    counts.map { "[\($0.map(String.init) ?? "")]" }.joined()
  }

  private static func product(_ size: UInt64?, _ count: UInt64?) -> UInt64? {
    guard let size, let count else { return nil }
    let (product, overflow) = size.multipliedReportingOverflow(by: count)
    return overflow ? nil : product
  }

  /// The members, constants or dimensions of a type.
  func parts(of record: DWARF.TypeRecord, limit: Int = .max) -> [DWARF.PartRecord] {
    var parts: [DWARF.PartRecord] = []
    var next = record.firstPart
    while let index = next, parts.count < limit {
      parts.append(records.parts[index])
      next = records.parts[index].next
    }
    return parts
  }
}

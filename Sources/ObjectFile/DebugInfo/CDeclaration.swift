extension DebugInfo {
  /// How C declares something of a type. `inner` is the text around its name.
  func declaration(of index: Int?, around inner: String, depth: Int) -> String {
    func after(_ name: String) -> String { inner.isEmpty ? name : name + " " + inner }
    guard depth < Self.maxTypeDepth else { return after("?") }
    guard let index else { return after("void") }
    let record = records.types[index]
    let target = record.type.flatMap(records.type(at:))
    func through(_ inner: String) -> String { declaration(of: target, around: inner, depth: depth + 1) }
    let name = string(record.name)
    switch record.tag {
    case .structureType: return after("struct \(name ?? "{...}")")
    case .unionType: return after("union \(name ?? "{...}")")
    case .enumerationType: return after("enum \(name ?? "{...}")")
    case .pointerType:
      let tag = target.map { records.types[$0].tag }
      return through(tag == .arrayType || tag == .subroutineType ? "(*\(inner))" : "*\(inner)")
    case .arrayType: return through(inner + Self.brackets(dimensions(of: record)))
    case .subroutineType: return through(inner + "()")
    case .constType, .volatileType, .restrictType, .atomicType:
      return qualified(record.tag, target, inner, through)
    default: return after(name ?? "?")
    }
  }

  /// A qualifier comes after the star of a pointer, and before any other type.
  private func qualified(
    _ tag: DWARF.Tag, _ target: Int?, _ inner: String, _ through: (String) -> String
  ) -> String {
    let word =
      switch tag {
      case .constType: "const"
      case .volatileType: "volatile"
      case .restrictType: "restrict"
      default: "_Atomic"
      }
    if let target, records.types[target].tag == .pointerType {
      return through(inner.isEmpty ? word : word + " " + inner)
    }
    return word + " " + through(inner)
  }
}

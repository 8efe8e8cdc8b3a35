/// Where in a program's source an address comes from.
package struct SourceLocation: Equatable, Sendable {
  /// A function, and the place in it.
  package struct Frame: Equatable, Sendable, CustomStringConvertible {
    package var function: String?
    /// The path, relative to where the compiler ran: `kernel/vm.c`.
    package var file: String?
    package var line: Int?
    package var column: Int?

    package init(function: String?, file: String?, line: Int?, column: Int? = nil) {
      self.function = function
      self.file = file
      self.line = line
      self.column = column
    }

    /// `walk (kernel/vm.c:93)`. Parts that are not known are left out.
    package var description: String {
      let place = file.map { line == nil ? $0 : "\($0):\(line ?? 0)" }
      guard let function else { return place ?? "?" }
      return place.map { "\(function) (\($0))" } ?? function
    }
  }

  /// The innermost inlined function comes first. Then comes the function that it was inlined into, at the
  /// call, and so on; the last one is the function that the code belongs to. Never empty.
  package var frames: [Frame]

  /// The innermost function, inlined or not.
  package var function: String? { frames.first?.function }
  /// The function that the code belongs to.
  package var enclosingFunction: String? { frames.last?.function }
  package var file: String? { frames.first?.file }
  package var line: Int? { frames.first?.line }
  package var column: Int? { frames.first?.column }
}

extension DebugInfo {
  /// The source of the instruction at `address`, or nil if nothing is known about it.
  package func location(of address: UInt64) -> SourceLocation? {
    let row = lines.row(containing: address)
    let function = functionIndex(containing: address).map { records.functions[$0] }
    guard row != nil || function != nil else { return nil }

    var place = SourceLocation.Frame(
      function: nil, file: path(of: row.map { Int($0.file) }), line: Self.number(UInt64(row?.line ?? 0)),
      column: Self.number(UInt64(row?.column ?? 0)))
    var frames: [SourceLocation.Frame] = []
    if let function {
      // Copies are in the order of their entries: a copy inside another one comes after it.
      for copy in records.inlined[function.inlined].reversed()
      where frames.count < DWARF.Collector.maxDepth
        && records.addresses[copy.addresses].contains(where: { $0.contains(address) })
      {
        place.function = name(ofOrigin: copy.origin)
        frames.append(place)
        place = SourceLocation.Frame(
          function: nil, file: path(of: copy.file), line: Self.number(copy.line),
          column: Self.number(copy.column))
      }
      place.function = string(records.completed(records.named[function.named]).name)
    }
    frames.append(place)
    return SourceLocation(frames: frames)
  }

  private func name(ofOrigin origin: UInt64?) -> String? {
    origin.flatMap(records.named(at:)).flatMap { string(records.completed($0).name) }
  }
}

/// Which function, line or variable is at an address of a program. The answers come from its debug
/// information if it has some, else from its symbols.
package struct CodeMap: Sendable {
  package let elf: ELF
  /// Nil if it could not be read.
  package let debugInfo: DebugInfo?
  /// Why it could not be read.
  package let problem: DWARFError?

  package init(_ elf: ELF) {
    self.elf = elf
    do throws(DWARFError) {
      debugInfo = try DebugInfo(elf)
      problem = nil
    } catch {
      debugInfo = nil
      problem = error
    }
  }

  /// Where the code at `address` comes from: function, file and line; only the symbol if no more is known;
  /// nil if nothing is known.
  package func location(of address: UInt64) -> SourceLocation? {
    let symbol = elf.symbol(containing: address).flatMap { $0.kind == .object ? nil : $0.name }
    guard var location = debugInfo?.location(of: address) else {
      return symbol.map { SourceLocation(frames: [.init(function: $0, file: nil, line: nil)]) }
    }
    // For assembly, the debug information has only lines.
    let last = location.frames.count - 1
    location.frames[last].function = location.frames[last].function ?? symbol
    return location
  }

  /// The address and the size of a variable in bytes; nil if the program has no variable of that name.
  package func variable(named name: String) -> (address: UInt64, size: UInt64?)? {
    if let global = debugInfo?.global(named: name) { return (global.address, global.type.size) }
    guard let symbol = elf.symbol(named: name), symbol.kind == .object else { return nil }
    return (symbol.address, symbol.size == 0 ? nil : symbol.size)
  }
}

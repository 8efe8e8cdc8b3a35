import ObjectFile

/// What an xv6 kernel's file tells of itself without being run.
struct KernelFacts: Equatable {
  /// The kernel asks for its ticks itself (Sstc's `stimecmp`); else the CLINT in M mode gives them.
  var usesSstc = false
  /// It sets up physical memory protection.
  var usesPMP = false
  /// Symbols that some editions have and others have not.
  var symbols: Set<String> = []
  var isStripped: Bool
  /// Harts that it has stacks for; nil where that cannot be told.
  var harts: Int?

  /// Symbols by which editions are told apart.
  private static let telling = ["vmfault", "setkilled", "kvmpa", "proc_mapstacks", "timervec"]

  init(_ kernel: ELF) {
    isStripped = kernel.symbols.isEmpty
    symbols = Set(Self.telling.filter { kernel.symbol(named: $0) != nil })
    // xv6 has a stack of a page for each hart.
    harts = kernel.symbol(named: "stack0").map { Int(clamping: $0.size / 4096) }.flatMap { $0 > 0 ? $0 : nil }
    for segment in kernel.loadableSegments where segment.isExecutable {
      look(at: kernel.contents(of: segment))
    }
  }

  /// Looks for `csrw stimecmp`, and for `csrw pmpcfg0` and `csrw pmpaddr0`, which go together. Instructions begin at even
  /// addresses; what looks like one at another's second half is rare, and both at once rarer.
  private mutating func look(at code: ArraySlice<UInt8>) {
    var written: Set<Int> = []
    for low in stride(from: code.startIndex, to: code.endIndex - 3, by: 2) where code[low] == 0x73 {
      // funct3 CSRRW, rd x0
      guard code[low + 1] & 0x7F == 0x10 else { continue }
      written.insert(Int(code[low + 3]) << 4 | Int(code[low + 2] >> 4))
    }
    if written.contains(0x14D) { usesSstc = true }
    if written.isSuperset(of: [0x3A0, 0x3B0]) { usesPMP = true }
  }

  /// The edition that the facts point to; a guess, as students change their kernels.
  var edition: String {
    if symbols.contains("vmfault") { return "2025 or later (lazy by itself)" }
    if usesSstc { return isStripped ? "2024 or later" : "2024" }
    if symbols.contains("setkilled") { return "2022 or 2023" }
    // Many have given a kernel of 2020 the protection that QEMU wants since 6.0.
    if symbols.contains("kvmpa") { return "2019 or 2020" }
    if usesPMP { return isStripped ? "2021 to 2023" : "2021" }
    if isStripped { return "2019 or 2020" }
    return symbols.contains("proc_mapstacks") ? "2020" : "none that is known"
  }
}

import LabModel
import ObjectFile

/// What an xv6 kernel's file shows when it is not run.
package struct KernelFacts: Equatable {
  /// Whether the kernel sets its own timer (Sstc's `stimecmp`); otherwise the CLINT in M mode gives the
  /// ticks.
  package var usesSstc = false
  /// Whether it sets up physical memory protection (PMP).
  package var usesPMP = false
  /// Symbols that only some editions have.
  package var symbols: Set<String> = []
  package var isStripped: Bool
  /// Whether `struct proc` calls the trapframe `tf`, as it did in 2019; nil without debug information.
  package var hasOldTrapframe: Bool?
  /// How many harts the kernel has stacks for; nil if the file does not show it.
  package var harts: Int?

  /// Symbols that tell editions apart.
  private static let telling = [
    "ismapped", "kvmpa", "proc_mapstacks", "setkilled", "timervec", "uartstart", "vmfault",
  ]

  package init(_ kernel: ELF) {
    isStripped = kernel.symbols.isEmpty
    if let proc = try? DebugInfo(kernel).layout(ofStruct: "proc") {
      hasOldTrapframe = proc["tf"] != nil && proc["trapframe"] == nil
    }
    symbols = Set(Self.telling.filter { kernel.symbol(named: $0) != nil })
    // xv6 has a stack of one page for each hart.
    harts = kernel.symbol(named: "stack0").map { Int(clamping: $0.size / 4096) }.flatMap { $0 > 0 ? $0 : nil }
    for segment in kernel.loadableSegments where segment.isExecutable {
      look(at: kernel.contents(of: segment))
    }
  }

  /// Looks for `csrw stimecmp`, and for `csrw pmpcfg0` together with `csrw pmpaddr0`. Instructions begin at
  /// even addresses. The second half of another instruction rarely looks like one of these, and even more
  /// rarely like both of the PMP pair.
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

  /// The edition, if it is one that some tests do not fit. Only what a student has no reason to change
  /// counts:
  ///
  /// - 2019: the name of a member of `struct proc`. Without debug information: the kernel maps its stacks by
  ///   `kvmpa`, as it did until 2020, and has no `uartstart`, which came in 2020.
  /// - 2025: two functions, because a student may well call one of their own `vmfault`.
  package var edition: Lab.Edition? {
    if symbols.isSuperset(of: ["vmfault", "ismapped"]) { return .xv6Of2025 }
    let isOld = hasOldTrapframe ?? (symbols.contains("kvmpa") && !symbols.contains("uartstart"))
    return isOld ? .xv6Of2019 : nil
  }

  /// The edition that the facts point to. It is a guess, because students change their kernels.
  package var guess: String {
    if edition == .xv6Of2019 { return "2019" }
    if symbols.contains("vmfault") { return "2025 or later (lazy by itself)" }
    if usesSstc { return isStripped ? "2024 or later" : "2024" }
    if symbols.contains("setkilled") { return "2022 or 2023" }
    // Many people added the memory protection that QEMU needs since 6.0 to a kernel of 2020.
    if symbols.contains("kvmpa") { return "2020" }
    if usesPMP { return isStripped ? "2021 to 2023" : "2021" }
    if isStripped { return "2019 or 2020" }
    return symbols.contains("proc_mapstacks") ? "2020" : "none that is known"
  }
}

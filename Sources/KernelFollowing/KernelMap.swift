import ObjectFile
import RV64

/// The places in the code of an xv6 kernel that are followed, as far as the kernel's file shows them. The
/// kernel may be of any year.
///
/// Everything here is optional. If the file does not show something, there are only fewer events. A function
/// is found by its symbol, and its ends are found by its instructions. A function that the compiler has
/// inlined everywhere has no place of its own, so it is not seen.
package struct KernelMap: Sendable {
  /// A function that gives events, with the names that it has had over the years.
  enum Function: CaseIterable {
    case kalloc, kfree, mappages, memset, memmove, copyin, copyout, copyinstr, fork, exec, exit, kill, panic

    fileprivate var names: [String] {
      switch self {
      case .fork: ["kfork", "fork"]
      case .exec: ["kexec", "exec"]
      case .exit: ["kexit", "exit"]
      case .kill: ["kkill", "kill"]
      default: ["\(self)"]
      }
    }

    /// Whether its end gives an event too.
    fileprivate var isFollowedToItsEnd: Bool {
      switch self {
      case .memset, .memmove, .exit, .panic: false
      default: true
      }
    }
  }

  /// The kind of an instruction that gets a probe.
  enum Point: Equatable {
    case entry(Function)
    /// A `ret`.
    case end(Function)
    /// The first instruction of the kernel after a trap out of a program.
    case trapVector
  }

  package let code: CodeMap
  /// The key is the physical address.
  let points: [UInt64: Point]
  /// The code of `kalloc` and `kfree`. They fill pages with junk, which is not reported.
  let allocator: [Range<UInt64>]
  /// Nil if the file has no debug information for it.
  package let processes: ProcessLayout?
  /// The address of the variable in `kmem` that points to the first free page.
  let freelist: UInt64?

  /// The most bytes of a function in which its ends are searched, and the most ends that are found.
  private static let longestFunction: UInt64 = 1 << 16
  private static let mostEnds = 64
  private static let trapVectors = ["uservec", "timervec"]

  package init(_ elf: ELF) {
    code = CodeMap(elf)
    var points: [UInt64: Point] = [:]
    var allocator: [Range<UInt64>] = []
    for function in Function.allCases {
      guard let code = Self.code(of: function, in: elf) else { continue }
      if function == .kalloc || function == .kfree { allocator.append(code.addresses) }
      let ends = function.isFollowedToItsEnd ? Self.ends(code.bytes, at: code.addresses.lowerBound) : []
      for end in ends { points[end] = .end(function) }
      points[code.addresses.lowerBound] = .entry(function)
    }
    for name in Self.trapVectors {
      guard let symbol = elf.symbol(named: name), points[symbol.address] == nil else { continue }
      points[symbol.address] = .trapVector
    }
    self.points = points
    self.allocator = allocator
    processes = code.debugInfo.flatMap(ProcessLayout.init)
    freelist = code.debugInfo.flatMap { info in
      guard let kmem = info.global(named: "kmem"), let member = info.layout(of: kmem.type)?["freelist"] else {
        return nil
      }
      return kmem.address &+ member.offset
    }
  }

  /// What cannot be reported about the kernel because its file has too little information; nil if everything
  /// can.
  package var gap: String? {
    if points.isEmpty {
      return "the kernel's file has no symbols: only traps, system calls and the console were followed"
    }
    if processes == nil {
      return "the kernel's file has no debug information: it is not known which process did what"
    }
    return nil
  }

  /// Why the cost of programs on this kernel cannot be measured; nil if it can.
  package var costGap: String? {
    if points.isEmpty { return "its file has no symbols (it is stripped)" }
    if processes == nil {
      return "its file has no debug information: it is not known which process did what"
    }
    let needed = Function.allCases.filter { ![.copyin, .copyout, .copyinstr, .kill].contains($0) }
    if let missing = needed.first(where: { !points.values.contains(.entry($0)) }) {
      return "its file has no function \(missing.names[0])"
    }
    return points.values.contains(.trapVector) ? nil : "its file has no \(Self.trapVectors[0])"
  }

  /// The addresses of `function`, and the part of its code that the file has. Addresses are physical; in xv6
  /// they are equal to the virtual ones.
  private static func code(
    of function: Function, in elf: ELF
  ) -> (addresses: Range<UInt64>, bytes: ArraySlice<UInt8>)? {
    for name in function.names {
      guard let symbol = elf.symbol(named: name), symbol.kind == .function, symbol.size >= 2,
        let segment = elf.loadableSegments.first(where: {
          $0.isExecutable && symbol.address >= $0.virtualAddress
            && symbol.address - $0.virtualAddress < $0.fileSize
        })
      else { continue }
      let offset = symbol.address - segment.virtualAddress
      let count = min(symbol.size, segment.fileSize - offset, longestFunction)
      let start = segment.physicalAddress &+ offset
      let (end, overflow) = start.addingReportingOverflow(count)
      guard !overflow else { return nil }
      return (start..<end, elf.contents(of: segment).dropFirst(Int(offset)).prefix(Int(count)))
    }
    return nil
  }

  /// The addresses of all `ret` instructions in `bytes`, which begin at `address`.
  private static func ends(_ bytes: ArraySlice<UInt8>, at address: UInt64) -> [UInt64] {
    var ends: [UInt64] = []
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex, ends.count < mostEnds {
      var bits = UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
      if bits & 3 == 3 {
        guard index + 3 < bytes.endIndex else { break }
        bits |= UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
      }
      let instruction = DecodedInstruction.decode(bits)
      if instruction.operation == .jalr, instruction.rd == 0, instruction.rs1 == 1, instruction.immediate == 0
      {
        ends.append(address &+ UInt64(index - bytes.startIndex))
      }
      index += Int(instruction.length)
    }
    return ends
  }
}

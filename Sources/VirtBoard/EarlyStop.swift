import ObjectFile
import RV64
import Sv39MMU

/// Why a kernel came to an end before it could say anything: its first trap, for which it had not set a
/// handler yet. The machine then traps for ever at address 0.
package struct EarlyStop: Equatable, Sendable {
  package let hart: Int
  package let trap: EarlyTrap
  /// The first address above RAM.
  let ramEnd: UInt64
  /// Where the instruction comes from, as far as the kernel's file tells.
  package let place: SourceLocation.Frame?
  /// The function that `main` called, if it is another one.
  let caller: String?
  /// What the kernel was compiled for.
  let architecture: String?

  /// Functions in which no question is answered by saying that they were on the way.
  private static let outermost: Set = ["main", "start", "_start", "_entry"]
  private static let mostCallers = 32

  /// - `memory`: reads 8 bytes of the kernel's memory.
  init(
    _ trap: EarlyTrap, hart: Int, frame: CallFrame, ramEnd: UInt64, kernel: ELF?,
    memory: (UInt64) -> UInt64?
  ) {
    (self.trap, self.hart, self.ramEnd) = (trap, hart, ramEnd)
    architecture = kernel?.architecture
    guard let code = kernel.map({ CodeMap($0) }) else {
      (place, caller) = (nil, nil)
      return
    }
    place = code.location(of: trap.pc)?.frames.first
    var (frame, names): (CallFrame, [String]) = (frame, [])
    while names.count < Self.mostCallers, let next = code.debugInfo?.caller(of: frame, load: memory),
      let name = code.location(of: next.pc &- 1)?.enclosingFunction, !Self.outermost.contains(name)
    {
      names.append(name)
      frame = next
    }
    caller = names.last
  }
}

extension EarlyStop: CustomStringConvertible {
  package var description: String {
    "hart \(hart): \(what), before the kernel has set \(trap.isSupervisors ? "stvec" : "mtvec")\(remedy)"
  }

  private var what: String {
    switch TrapCause(rawValue: trap.cause) {
    case .illegalInstruction: "illegal instruction \(instruction)\(origin)"
    case .loadAccessFault, .loadAddressMisaligned, .loadPageFault: "\(subject) loads from \(address)"
    case .storeAccessFault, .storeAddressMisaligned, .storePageFault: "\(subject) stores to \(address)"
    case .instructionAccessFault, .instructionPageFault, .instructionAddressMisaligned:
      "a jump to \(hex(trap.value))"
    case .environmentCallFromUser, .environmentCallFromSupervisor, .environmentCallFromMachine:
      "an ecall\(origin), which asks firmware (SBI) that is not there"
    case .breakpoint: "an ebreak\(origin)"
    case nil: "trap \(hex(trap.cause))\(origin)"
    }
  }

  private var missing: MissingInstruction? { MissingInstruction(UInt32(truncatingIfNeeded: trap.value)) }

  private var instruction: String {
    let bits = UInt32(truncatingIfNeeded: trap.value)
    guard let missing else {
      let text = disassemble(bits, at: trap.pc)
      // What is not known here is written as data.
      return text.hasPrefix(".") ? hex(UInt64(bits)) : text
    }
    let name = missing.mnemonic ?? hex(UInt64(bits))
    return missing.kind == .vector && missing.mnemonic != nil ? name : "\(missing.kind.words) \(name)"
  }

  private var address: String {
    guard trap.value >= ramEnd else { return hex(trap.value) }
    let place = trap.value == ramEnd ? "the first byte above" : "above"
    return "\(hex(trap.value)), \(place) the \((ramEnd - Board.ramBase) >> 20) MiB of RAM"
  }

  /// ` in start() at kernel/start.c:40`
  private var origin: String {
    guard let function = place?.function else { return " at \(hex(trap.pc))" }
    return " in \(function)()\(line)\(way)"
  }

  /// `memset() at kernel/string.c:11, which kinit() has called,`
  private var subject: String {
    guard let function = place?.function else { return "the instruction at \(hex(trap.pc))" }
    return "\(function)()\(line)\(way)" + (caller == nil ? "" : ",")
  }

  private var way: String { caller.map { ", which \($0)() has called" } ?? "" }

  private var line: String {
    guard let file = place?.file else { return "" }
    return " at \(file)" + (place?.line.map { ":\($0)" } ?? "")
  }

  private var remedy: String {
    switch TrapCause(rawValue: trap.cause) {
    case .illegalInstruction where missing?.kind == .floatingPoint:
      return ": floating point is off, as xv6 leaves it, so its code may not use float or double"
    case .illegalInstruction:
      let known = architecture.map(ArchitectureName.init)
      let isNewer = missing != nil || (known?.hasMore ?? false)
      let built = known.map { "; it was compiled for \($0.short)" } ?? ""
      return isNewer ? "\(built): build it with -march=rv64gc" : built
    case .loadAccessFault where trap.value >= ramEnd, .storeAccessFault where trap.value >= ramEnd:
      return ": a kernel with a larger PHYSTOP needs more RAM (--memory, or -m in its Makefile)"
    default: return ""
    }
  }
}

extension MissingInstruction.Kind {
  fileprivate var words: String {
    switch self {
    case .floatingPoint: "of floating point,"
    case .vector: "of vectors,"
    }
  }
}

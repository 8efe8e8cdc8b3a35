import HostSupport
import ObjectFile
import Sv39MMU
import XV6Kernel

/// The moment that `labrunner explain --at` names.
package enum ExplainMoment: Equatable, Sendable {
  case pc(UInt64)
  case symbol(String)
  case instruction(UInt64)
  case fault(UInt64)
  case end

  /// How a user writes a moment.
  package static let forms = "fault:N, symbol:NAME, pc:ADDRESS, instruction:N or end"

  /// Reads `pc:0x10`, `symbol:main`, `instruction:5000`, `fault:1` or `end`.
  package init(_ text: String) throws(InputError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let wrong = InputError("--at takes \(Self.forms), not \"\(text)\"")
    guard parts.count == 2 else {
      guard text == "end" else { throw wrong }
      self = .end
      return
    }
    let number = UInt64(number: parts[1])
    switch parts[0] {
    case "symbol" where !parts[1].isEmpty: self = .symbol(parts[1])
    case "pc":
      guard let number else { throw wrong }
      self = .pc(number)
    case "instruction":
      guard let number else { throw wrong }
      self = .instruction(number)
    case "fault":
      guard let number, number > 0 else { throw wrong }
      self = .fault(number)
    default: throw wrong
    }
  }

  /// The same moment in the kernel's terms. `program` gives the symbols' addresses.
  func stopPoint(in program: ELF) throws(InputError) -> StopPoint {
    switch self {
    case .pc(let address): return .pc(address)
    case .instruction(let count): return .instructions(count)
    case .fault(let number): return .fault(number)
    case .end: return .end
    case .symbol(let name):
      guard let symbol = program.symbol(named: name) else {
        throw InputError("--at: the program has no symbol \"\(name)\"\(program.symbolsHint)")
      }
      return .pc(symbol.address)
    }
  }

  /// The moment in words.
  package var words: String {
    switch self {
    case .pc(let address): "before the instruction at \(hex(address))"
    case .symbol(let name): "before the first instruction of \(name)"
    case .instruction(let count): "after \(grouped(count)) instructions"
    case .fault(let number): "at page fault \(grouped(number))"
    case .end: "at its end"
    }
  }
}

extension ELF {
  /// A reason why a symbol may be missing.
  var symbolsHint: String { symbols.isEmpty ? ": it has none at all, it was stripped" : "" }
}

extension UInt64 {
  /// A number in the forms that people use for addresses: `4096`, `0x1000`, and underscores are allowed.
  package init?(number text: String) {
    let digits = text.replacing("_", with: "")
    if digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      guard let value = UInt64(digits.dropFirst(2), radix: 16), digits.dropFirst(2).first != "+" else {
        return nil
      }
      self = value
    } else {
      guard digits.first?.isNumber == true, let value = UInt64(digits) else { return nil }
      self = value
    }
  }
}

/// The address that `labrunner explain --address` names, as the user wrote it.
enum AskedAddress {
  /// The words that stand for an address of the stopped process.
  static let words = [
    "fault", "pc", "sp", "sz", "stack", "heap", "guard", "trapframe", "trampoline", "maxva",
  ]

  /// Finds `text`: a number, one of `words`, or a symbol of the program. `+N` may follow it.
  static func find(_ text: String, in process: StoppedProcess) throws(InputError) -> UInt64 {
    if let number = UInt64(number: text) { return number }
    let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let offset = parts.count == 2 ? UInt64(number: parts[1]) : 0 else {
      throw InputError("--address: \"\(parts[1])\" is no number")
    }
    let base: UInt64? =
      switch parts[0] {
      case "fault": process.fault?.stval
      case "pc": process.pc
      case "sp": process.layout.stackPointer
      case "sz": process.layout.size
      case "stack": process.layout.stack
      case "heap": process.layout.heap
      case "guard": process.layout.guardPage
      case "trapframe": AddressLayout.trapframe
      case "trampoline": AddressLayout.trampoline
      case "maxva": Sv39MMU.MAXVA
      case let name: process.program.symbol(named: name)?.address
      }
    guard let base else {
      throw InputError(
        parts[0] == "fault"
          ? "--address fault: the program has not stopped at a page fault"
          : "--address takes a number, a symbol of the program or one of "
            + "\(words.joined(separator: ", ")), not \"\(text)\""
            + process.program.symbolsHint)
    }
    return base &+ offset
  }
}

import ObjectFile
import RV64
import Sv39MMU

/// A test of the instruction set in the form of riscv-tests and riscv-arch-test: a bare-metal program that
/// reports its result in the doubleword `tohost`, a symbol of its ELF file.
///
/// It runs on a `Board`, from 0x80000000 in M mode on every hart. There is no disk, and memory
/// protection follows the specification. An odd value in `tohost` ends the test: 1 means passed, any other
/// value means that test number value >> 1 failed.
package final class IsaTest {
  private let elf: ELF
  private let board: Board
  private var host: HostInterface

  /// How a test ended.
  package enum Verdict: Equatable, Sendable {
    case passed
    /// The number of the part that failed, as the test counts.
    case failed(number: UInt64)
    /// The machine stopped before a verdict.
    case stopped(BoardStop)
    /// `tohost` asks for something that the host does not serve.
    case unknownRequest(UInt64)
  }

  /// `tohost` is looked at after this many instructions.
  private static let interval: UInt64 = 1000
  private static let consoleLimit = 1 << 20

  /// A test, ready to run. `limit` is for the instructions of all harts together.
  package init(_ elf: ELF, harts: Int = 1, limit: UInt64) throws {
    guard let tohost = elf.symbol(named: "tohost")?.address else { throw IsaTestError.noTohost }
    var configuration = BoardConfiguration()
    configuration.harts = harts
    configuration.pmp = .strict
    configuration.instructionLimit = limit
    configuration.consoleLimit = UInt64(Self.consoleLimit)
    self.elf = elf
    board = try Board(kernel: elf, configuration)
    guard board.memory.contains(tohost, count: 8) else { throw IsaTestError.tohostOutsideRAM(tohost) }
    host = HostInterface(tohost: tohost, fromhost: elf.symbol(named: "fromhost")?.address)
    board.onConsoleOutput = { [unowned self] in host.hear($0) }
  }

  /// Runs the test to its end.
  package func run() -> Verdict {
    while true {
      let stop = board.run(until: board.retired + Self.interval)
      switch host.serve(board.memory, room: Self.consoleLimit) {
      case .exit(status: 0): return .passed
      case .exit(let number): return .failed(number: number)
      case .unknown(let request): return .unknownRequest(request)
      case .nothing: break
      }
      if host.console.count >= Self.consoleLimit { return .stopped(.consoleLimit) }
      if stop != .limit || board.retired >= board.configuration.instructionLimit { return .stopped(stop) }
    }
  }

  /// What the program wrote to the host and to the serial line.
  package var console: [UInt8] { host.console }

  /// The memory between `begin_signature` and `end_signature`, in which a riscv-arch-test program leaves its
  /// results. Each line has `granularity` (4, 8 or 16) bytes in hexadecimal, the highest address first.
  package func signature(granularity: Int) throws(IsaTestError) -> String {
    guard let begin = elf.symbol(named: "begin_signature")?.address,
      let end = elf.symbol(named: "end_signature")?.address
    else { throw .noSignature }
    guard begin <= end, end - begin <= board.memory.size,
      let start = board.memory.pointer(begin, count: Int(end - begin))
    else { throw .signatureOutsideRAM(begin: begin, end: end) }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(end - begin))
    return stride(from: 0, to: bytes.count, by: granularity).map { line in
      let row = bytes[line..<min(line + granularity, bytes.count)]
      return row.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
    }.joined()
  }

  /// The pc and the last trap of every hart, one line each, for people to read.
  package var state: [String] {
    board.harts.flatMap { slot in
      let hart = slot.hart.id
      var lines = ["hart \(hart): \(slot.hart.privilege) mode, pc \(place(slot.hart.pc))"]
      for (cause, epc, tval) in [(CSR.mcause, CSR.mepc, CSR.mtval), (.scause, .sepc, .stval)] {
        let (code, pc) = (slot.hart.readCSR(cause), slot.hart.readCSR(epc))
        if code == 0 && pc == 0 { continue }
        let value = hex(slot.hart.readCSR(tval))
        lines.append("\(cause) \(Self.meaning(code)), \(epc) \(place(pc)), \(tval) \(value)")
      }
      return lines
    }
  }

  /// An address with its symbol: `0x80000044 (write_tohost + 0x4)`
  private func place(_ address: UInt64) -> String {
    let number = hex(address)
    guard let symbol = elf.symbol(containing: address) else { return number }
    let offset = address - symbol.address
    return "\(number) (\(symbol.name)\(offset == 0 ? "" : " + " + hex(offset)))"
  }

  /// A trap's cause with its name: `8 (environmentCallFromUser)`
  private static func meaning(_ cause: UInt64) -> String {
    let code = cause & ~(1 << 63)
    if code != cause {
      return "interrupt \(code)" + (Interrupt(rawValue: code).map { " (\($0))" } ?? "")
    }
    return "\(code)" + (TrapCause(rawValue: code).map { " (\($0))" } ?? "")
  }
}

extension IsaTest.Verdict: CustomStringConvertible {
  package var description: String {
    switch self {
    case .passed: "passed"
    case .failed(let number): "test \(number)"
    case .stopped(let stop): "no verdict: \(stop)"
    case .unknownRequest(let request):
      "no verdict: the host was asked for \(hex(request)), which nobody serves"
    }
  }
}

/// Why an ELF file is not a test, or does not have what was asked for.
package enum IsaTestError: Error, Equatable, Sendable, CustomStringConvertible {
  case noTohost
  case tohostOutsideRAM(UInt64)
  case noSignature
  case signatureOutsideRAM(begin: UInt64, end: UInt64)

  package var description: String {
    switch self {
    case .noTohost: "no symbol \"tohost\": a test reports there"
    case .tohostOutsideRAM(let address): "tohost, at \(hex(address)), is not in RAM"
    case .noSignature: "no symbols \"begin_signature\" and \"end_signature\""
    case .signatureOutsideRAM(let begin, let end):
      "the signature, \(hex(begin)) to \(hex(end)), is not in RAM"
    }
  }
}

import HostSupport
import RV64

/// `--trace-hash`, an option of every command that runs a machine.
extension Command.Option {
  static let traceHash = Command.Option(
    name: "--trace-hash", value: "HOW", values: .words(TraceGrain.allCases.map(\.rawValue)),
    summary: "a hash of all that the machine did, by turns or instructions")
}

extension Arguments {
  /// The value of `--trace-hash`; nil if it was not given.
  func traceGrain() throws(InputError) -> TraceGrain? {
    guard let word = value("--trace-hash") else { return nil }
    guard let grain = TraceGrain(rawValue: word) else {
      let words = TraceGrain.allCases.map(\.rawValue).joined(separator: " or ")
      throw InputError("--trace-hash takes \(words), not \"\(word)\"")
    }
    return grain
  }
}

extension Terminal {
  /// Prints a run's hashes on standard error, because standard output belongs to the guest.
  static func complain(of trace: TraceSum?) {
    for line in trace?.lines ?? [] { complain("trace hash of \(line)") }
  }
}

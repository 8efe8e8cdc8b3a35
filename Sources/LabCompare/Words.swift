import HostSupport
import LabMeter

/// Says in a sentence or two what the figures of a comparison show.
extension Comparison {
  package func words(_ sides: Sides) -> String {
    let (a, b) = (sides.a.label, sides.b.label)
    var sentences: [String] = []
    if self.a.outcome.kind != self.b.outcome.kind {
      sentences.append("\(Self.end(a, self.a.outcome)), \(Self.end(b, self.b.outcome)).")
    } else if self.a.outcome.kind != .finished {
      sentences.append("Both \(Self.way(self.a.outcome.kind, several: true)).")
    }
    sentences.append(pages(a, b))
    if let more = particulars(a, b) { sentences.append(more) }
    return sentences.joined(separator: " ")
  }

  private static func end(_ side: String, _ outcome: Outcome) -> String {
    "\(side) \(way(outcome.kind, several: false))"
  }

  private static func way(_ kind: Outcome.Kind, several: Bool) -> String {
    switch kind {
    case .finished: "finished"
    case .failed: "failed"
    case .killed: several ? "were killed" : "was killed"
    case .outOfMemory: "ran out of memory"
    case .panicked: "panicked"
    case .crashed: "crashed"
    case .stopped: "did not come to an end"
    }
  }

  private func pages(_ a: String, _ b: String) -> String {
    let (first, second) = (self.a.figures, self.b.figures)
    let faults = second.faults - first.faults
    let price =
      faults > 0
      ? ", and took \(Self.count(faults, faults == second.faults ? "fault" : "more fault")) to do so"
      : faults < 0 ? ", with \(Self.count(-faults, "fault")) fewer" : ""
    if first.handedOut == second.handedOut { return "\(b) handed out as many pages as \(a)\(price)." }
    guard first.handedOut > 0 else {
      return "\(b) handed out \(Self.count(second.handedOut, "page")) where \(a) handed out none\(price)."
    }
    let share = Double(second.handedOut) / Double(first.handedOut)
    let amount =
      share >= 2
      ? "\(Decimal1.of(share)) times the pages of \(a)" : "\(Self.percent(share)) of the pages of \(a)"
    return "\(b) handed out \(amount)\(price)."
  }

  private func particulars(_ a: String, _ b: String) -> String? {
    let (first, second) = (self.a.figures, self.b.figures)
    var parts: [String] = []
    if first.peakPages != second.peakPages {
      parts.append(
        "at its peak it held \(Self.count(second.peakPages, "page"))"
          + " where \(a) held \(Self.number(first.peakPages))"
      )
    }
    if first.copiedPages != second.copiedPages {
      parts.append(
        "fork copied \(Self.number(second.copiedPages)) pages instead of \(Self.number(first.copiedPages))")
    }
    if second.kernelServed > first.kernelServed {
      let pages = Self.count(second.kernelServed, "page")
      parts.append("system calls came to \(pages) before the program did")
    }
    guard let last = parts.popLast() else { return nil }
    let text = parts.isEmpty ? last : parts.joined(separator: ", ") + ", and " + last
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  /// A share as a percentage. A small one has a digit after the point, and no share is rounded to 0 % or 100
  /// %.
  private static func percent(_ share: Double) -> String {
    let percent = share * 100
    if share < 1, percent > 99 { return "more than 99 %" }
    if share > 1, percent < 101 { return "a little over 100 %" }
    if percent < 0.1 { return "less than 0.1 %" }
    return percent < 10 ? "\(Decimal1.of(percent)) %" : "\(Int(percent.rounded())) %"
  }

  private static func number(_ count: Int) -> String { grouped(UInt64(max(count, 0))) }

  private static func count(_ count: Int, _ thing: String) -> String {
    "\(number(count)) \(thing)\(count == 1 ? "" : "s")"
  }
}

/// A number as tables show it: whole, or with one digit after the point; the same in every locale.
enum Decimal1 {
  static func of(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "-" }
    let tenths = Int((abs(value) * 10).rounded())
    let whole = (value < 0 && tenths > 0 ? "-" : "") + grouped(UInt64(tenths / 10))
    return tenths % 10 == 0 ? whole : whole + ".\(tenths % 10)"
  }

  /// Always with `digits` digits after the point, even zeros, and without commas: for machines and for
  /// ratios.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "-" }
    let power = (0..<digits).reduce(1) { power, _ in power * 10 }
    let scaled = Int((abs(value) * Double(power)).rounded())
    let rest = String(scaled % power)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return "\(sign)\(scaled / power)." + String(repeating: "0", count: digits - rest.count) + rest
  }
}

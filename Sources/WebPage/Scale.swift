/// An axis from 0 to a round number, with its ticks.
struct Scale {
  /// The number at the axis's end; above zero.
  let end: Double
  private let step: Double

  /// An axis with room for `largest`, and with about `ticks` ticks. Their distance is 1, 2 or 5 times a power
  /// of ten, and at least 1.
  init(upTo largest: Double, ticks: Double = 5) {
    let most = largest.isFinite ? min(max(largest, 1), 1e18) : 1
    var step = 1.0
    var factors = [2, 2.5, 2]
    while step * ticks < most {
      step *= factors[0]
      factors.append(factors.removeFirst())
    }
    self.step = step
    end = (most / step).rounded(.up) * step
  }

  var ticks: [Double] { stride(from: 0, through: end + step / 2, by: step).map { $0 } }

  /// The place of `value` on the axis, from 0 to 1.
  func fraction(_ value: Double) -> Double { value.isFinite ? min(max(value / end, 0), 1) : 0 }

  /// A number in a picture, with one digit after the point; the same on every machine. For numbers below a
  /// million.
  static func coordinate(_ value: Double) -> String {
    let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
    let whole = "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10)"
    return tenths % 10 == 0 ? whole : whole + ".\(abs(tenths) % 10)"
  }

  /// The value of a tick in a few letters: 1500000 is 1.5 M.
  static func label(_ value: Double) -> String {
    for (size, unit) in [(1e9, " G"), (1e6, " M"), (1e4, " k")] where value >= size {
      return coordinate(value / (unit == " k" ? 1e3 : size)) + unit
    }
    return coordinate(value)
  }
}

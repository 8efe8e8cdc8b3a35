/// How many user pages there were at each moment. A moment is a count of retired user instructions.
///
/// Peak and mean are exact. The values over time are kept in at most `limit` intervals of equal length,
/// each with its highest value. When all intervals are used, each pair of neighbours becomes one interval.
package struct Residency: Sendable, Equatable, Codable {
  package static let limit = 1024

  /// The length of one interval in instructions.
  package private(set) var interval: UInt64 = 1
  /// The most pages in each interval.
  package private(set) var highest: [Int] = []
  /// The moment up to which the values are known.
  package private(set) var end: UInt64 = 0
  package private(set) var peak = 0
  /// The sum of the pages at all moments.
  private(set) var area: UInt64 = 0
  private var pages = 0

  /// The average number of pages, over all instructions.
  package var mean: Double { end == 0 ? Double(pages) : Double(area) / Double(end) }

  /// Moves the time forward to `moment`, which must not be before `end`.
  mutating func advance(to moment: UInt64) {
    guard moment > end || highest.isEmpty else { return }
    area &+= UInt64(pages) &* (max(moment, end) &- end)
    end = max(moment, end)
    while end / interval >= UInt64(Self.limit) { halve() }
    let index = Int(end / interval)
    while highest.count <= index { highest.append(pages) }
  }

  /// There are `count` pages from now on.
  package mutating func change(to count: Int) {
    advance(to: end)
    pages = count
    peak = max(peak, count)
    highest[highest.count - 1] = max(highest[highest.count - 1], count)
  }

  /// Whether `advance` and `change` could have made these values.
  package var isSound: Bool {
    interval > 0 && highest.count <= Self.limit && end / interval < UInt64(Self.limit)
      && highest.allSatisfy { (0...Int(UInt32.max)).contains($0) }
  }

  private mutating func halve() {
    interval &*= 2
    highest = stride(from: 0, to: highest.count, by: 2).map {
      max(highest[$0], $0 + 1 < highest.count ? highest[$0 + 1] : 0)
    }
  }

  /// The most pages in each of `count` columns that share `total` instructions; nil for the columns after
  /// the end.
  package func columns(_ count: Int, of total: UInt64) -> [Int?] {
    let width = Double(max(total, 1)) / Double(max(count, 1))
    return (0..<max(count, 0)).map { column in
      let from = (Double(column) * width).rounded(.down)
      guard from < Double(max(end, 1)), !highest.isEmpty else { return nil }
      let to = max(from, Double(column + 1) * width - 1)
      let first = min(Int(from / Double(interval)), highest.count - 1)
      let last = min(Int(to / Double(interval)), highest.count - 1)
      return highest[first...max(first, last)].max()
    }
  }
}

import HostSupport

/// The console's lines of one run: the first and the last ones, if it prints more than is kept. A run may
/// print any number of lines, and this takes no more memory.
struct KeptLines: Sendable {
  /// How many bytes of one line are kept.
  static let longestLine = 1024

  private let half: Int
  private var first: [String] = []
  private var firstBytes = 0
  private var isFirstFull = false
  /// The last lines, from `start` on.
  private var last: [String] = []
  private var start = 0
  private var lastBytes = 0
  private var omitted: (lines: UInt64, bytes: UInt64) = (0, 0)

  /// - `bytes`: how many bytes are kept, half of them of the first lines.
  init(keeping bytes: Int) { half = bytes / 2 }

  mutating func append(_ line: String) {
    let line = VisibleText.prefix(line, bytes: Self.longestLine)
    let size = line.utf8.count + 1
    if !isFirstFull, firstBytes + size <= half {
      first.append(line)
      firstBytes += size
      return
    }
    isFirstFull = true
    last.append(line)
    lastBytes += size
    while lastBytes > half, last.count - start > 1 { omitOldest() }
    if start > last.count / 2 {
      last.removeFirst(start)
      start = 0
    }
  }

  private mutating func omitOldest() {
    let size = last[start].utf8.count + 1
    last[start] = ""
    start += 1
    lastBytes -= size
    omitted.lines += 1
    omitted.bytes += UInt64(size)
  }

  /// The text, safe to show. Where lines are missing, a line says how many.
  var text: String {
    let note =
      omitted.lines == 0
      ? [] : ["(\(grouped(omitted.lines)) lines, \(grouped(omitted.bytes)) bytes, are left out here)"]
    return (first.map { VisibleText.of($0) } + note + last[start...].map { VisibleText.of($0) })
      .joined(separator: "\n")
  }

  /// The last line that is kept and that `condition` accepts.
  func last(where condition: (String) -> Bool) -> String? {
    last[start...].last(where: condition) ?? first.last(where: condition)
  }
}

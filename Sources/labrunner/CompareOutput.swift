import Foundation
import HostSupport
import LabCompare
import LabModel

/// Writes a comparison to standard output and to files, in the formats that the user asked for.
struct CompareOutput {
  private let printed: String
  private let files: [(file: ResultFile, format: String)]

  /// Whether lines are printed as soon as they are there.
  var isText: Bool { printed == "text" }

  /// The outputs that `arguments` ask for. With `--output`, `--format` is the format of the files.
  init(_ arguments: Arguments, formats: [String]) throws(InputError) {
    let asked = arguments.value("--format")
    if let asked, !formats.contains(asked) {
      throw InputError("--format takes \(formats.joined(separator: ", ")), not \"\(asked)\"")
    }
    var files: [(file: ResultFile, format: String)] = []
    for path in arguments.all("--output") {
      let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map(String.init)
      files.append((try ResultFile(path), asked ?? formats.first { $0 == ending } ?? "text"))
    }
    self.files = files
    printed = files.isEmpty ? asked ?? "text" : "text"
  }

  func write(_ comparisons: [Comparison], _ sides: Sides, _ lab: Lab) throws(InputError) {
    for (file, format) in files { try file.write(Self.text(format, comparisons, sides, lab), final: true) }
    if !isText { Terminal.write(Self.text(printed, comparisons, sides, lab)) }
  }

  private static func text(_ format: String, _ comparisons: [Comparison], _ sides: Sides, _ lab: Lab)
    -> String
  {
    switch format {
    case "json": return ComparisonTable.json(comparisons, sides, lab: lab.name)
    case "csv": return ComparisonTable.csv(comparisons, sides)
    case "html": return ComparisonPage(comparisons, sides: sides, lab: lab).html
    default:
      let text = ComparisonText(sides: sides, chart: StripChart(width: 80, characters: .blocks))
      let lines = comparisons.flatMap { text.lines($0) + [""] } + text.overview(comparisons)
      return lines.map { $0 + "\n" }.joined()
    }
  }
}

extension Terminal {
  /// A chart that fits standard output: its width, and the characters that it can show.
  static var chart: StripChart {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let isUTF8 = ["UTF-8", "UTF8"].contains { locale.uppercased().hasSuffix($0) }
    return StripChart(
      width: min(width, 160), characters: isUTF8 ? .blocks : .ascii,
      colours: wantsColour ? .terminal : .none)
  }

  /// How many characters fit on a line: the terminal's width, or 80.
  private static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

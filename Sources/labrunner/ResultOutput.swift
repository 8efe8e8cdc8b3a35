import Foundation
import HostSupport
import LabModel
import LabReports

/// Where the results of a run go: to standard output, and to files, in the formats asked for.
///
/// Text goes to standard output as results come in. Another format needs them all, and is printed at the end; a file is
/// replaced after every test, so that a run that is killed keeps what it earned.
struct ResultOutput {
  private let printed: any ResultFormat.Type
  private let files: [(file: ResultFile, format: any ResultFormat.Type)]
  private var gradings: [Grading] = []
  /// How much is said of lost tests.
  let feedback: Feedback

  /// Whether lines are printed as they come.
  var isText: Bool { printed == TextFormat.self }

  static let options: [Command.Option] = [
    .init(
      name: "--format", value: "FORMAT", values: .words(ResultFormats.all.map { $0.name }),
      summary: ResultFormats.all.map { $0.name }.joined(separator: ", ") + " (text)"),
    .init(
      name: "--output", value: "FILE", values: .files,
      summary: "results to FILE as well; may be repeated (.json, .xml, .tap tell the format)"),
    .init(
      name: "--report", value: "FILE", values: .files,
      summary: "a page for a browser: every lost test explained and drawn"),
    .init(
      name: "--feedback", value: "FOR", values: .words(Feedback.allCases.map(\.rawValue)),
      summary: "how much to say of a lost test: student, staff, full (student)"),
  ]

  /// What `arguments` ask for, for a run of `count` gradings. With `--output`, `--format` is the files'.
  init(_ arguments: Arguments, gradings count: Int) throws(InputError) {
    var asked: (any ResultFormat.Type)?
    if let name = arguments.value("--format") { asked = try ResultFormats.named(name) }
    var files: [(file: ResultFile, format: any ResultFormat.Type)] = []
    for path in arguments.all("--output") {
      files.append((try ResultFile(path), asked ?? ResultFormats.of(fileNamed: path)))
    }
    if let path = arguments.value("--report") { files.append((try ResultFile(path), HTMLFormat.self)) }
    self.files = files
    feedback = try arguments.feedback()
    printed = arguments.all("--output").isEmpty ? asked ?? TextFormat.self : TextFormat.self
    if count > 1, let single = (files.map(\.format) + [printed]).first(where: { !$0.takesSeveral }) {
      throw InputError("--format \(single.name) takes one solution, and one seed")
    }
  }

  /// Whether any output that `arguments` ask for is a page with drawings.
  static func drawsPages(_ arguments: Arguments) -> Bool {
    arguments.has("--report") || arguments.value("--format") == HTMLFormat.name
      || arguments.all("--output").contains { ResultFormats.of(fileNamed: $0) == HTMLFormat.self }
  }

  /// A grading begins.
  mutating func begin(_ grading: Grading) throws(InputError) {
    gradings.append(grading)
    try write(final: false)
  }

  /// The grading that began last has come further, or to its end.
  mutating func update(_ grading: Grading) throws(InputError) {
    gradings[gradings.count - 1] = grading
    try write(final: false)
  }

  /// No more results come.
  func finish() throws(InputError) {
    try write(final: true)
    if !isText { Terminal.write(printed.text(gradings, feedback)) }
    for format in files.map(\.format) + [printed] {
      guard let appendix = format.appendix(gradings),
        let path = ProcessInfo.processInfo.environment[appendix.variable], !path.isEmpty
      else { continue }
      try ResultFile(path).append(appendix.text)
    }
  }

  private func write(final: Bool) throws(InputError) {
    for (file, format) in files { try file.write(format.text(gradings, feedback), final: final) }
  }
}

extension Arguments {
  /// Follows `--feedback`, and `--verbose`, which is short for `--feedback full`.
  fileprivate func feedback() throws(InputError) -> Feedback {
    guard let word = value("--feedback") else { return has("--verbose") ? .full : .student }
    guard let feedback = Feedback(rawValue: word) else {
      throw InputError("--feedback takes student, staff or full, not \"\(word)\"")
    }
    guard feedback == .full || !has("--verbose") else {
      throw InputError("--verbose is --feedback full: give one of them")
    }
    return feedback
  }
}

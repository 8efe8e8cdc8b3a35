import Foundation
import HostSupport
import LabModel
import LabReports

/// Writes the results of a run to standard output and to files, in the formats that the user asked for.
///
/// Text goes to standard output as results come in. The other formats need all results, and are printed at
/// the end. A file is replaced after every test, so a run that is killed keeps the results that it had.
struct ResultOutput {
  private let printed: any ResultFormat.Type
  private let files: [(file: ResultFile, format: any ResultFormat.Type)]
  private var gradings: [Grading] = []
  /// How much is said about lost tests.
  let feedback: Feedback

  /// Whether lines are printed as soon as they are there.
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

  /// The outputs that `arguments` ask for, for a run with `count` gradings. With `--output`, `--format` is
  /// the format of the files.
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

  /// Whether one of the outputs that `arguments` ask for is a page with drawings.
  static func drawsPages(_ arguments: Arguments) -> Bool {
    arguments.has("--report") || arguments.value("--format") == HTMLFormat.name
      || arguments.all("--output").contains { ResultFormats.of(fileNamed: $0) == HTMLFormat.self }
  }

  /// Adds a grading that begins now.
  mutating func begin(_ grading: Grading) throws(InputError) {
    gradings.append(grading)
    try write(final: false)
  }

  /// Replaces the grading that began last by `grading`, which has more results or all of them.
  mutating func update(_ grading: Grading) throws(InputError) {
    gradings[gradings.count - 1] = grading
    try write(final: false)
  }

  /// Finishes every output: no more results come.
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
  /// The level that `--feedback` gives, or `--verbose`, which is short for `--feedback full`.
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

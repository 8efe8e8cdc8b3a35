import Foundation
import HostSupport
import LabModel
import LabReports

/// Writes the results of a run to standard output and to files, in the formats that the user asked for.
///
/// Text goes to standard output as results come in. The other formats need all results, and are printed at
/// the end. A file is replaced after every test, so a run that is killed keeps the results that it had. If
/// the files grow so large that writing them takes more than a tenth of the time, they are replaced less
/// often.
struct ResultOutput {
  private let printed: any ResultFormat.Type
  private let files: [(file: ResultFile, format: any ResultFormat.Type)]
  private var gradings: [Grading] = []
  /// When the files may be replaced again.
  private var next = ContinuousClock.now
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
      summary: "results to FILE as well, or FORMAT:FILE; may be repeated (.json, .xml, .tap tell the format)"),
    .init(
      name: "--report", value: "FILE", values: .files,
      summary: "a page for a browser: every lost test explained and drawn"),
    .init(
      name: "--feedback", value: "FOR", values: .words(Feedback.allCases.map(\.rawValue)),
      summary: "how much to say of a lost test: student, staff, full (student)"),
  ]

  /// The outputs that `arguments` ask for, for a run with `count` gradings. With `--output`, `--format` is
  /// the format of the files that do not name their own.
  init(_ arguments: Arguments, gradings count: Int) throws(InputError) {
    var asked: (any ResultFormat.Type)?
    if let name = arguments.value("--format") { asked = try ResultFormats.named(name) }
    var files: [(file: ResultFile, format: any ResultFormat.Type)] = []
    for word in arguments.all("--output") {
      let (format, path) = ResultFormats.split(word)
      files.append((try ResultFile(path), format ?? asked ?? ResultFormats.of(fileNamed: path)))
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
      || arguments.all("--output").map(ResultFormats.split).contains {
        ($0.format ?? ResultFormats.of(fileNamed: $0.path)) == HTMLFormat.self
      }
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

  /// Adds gradings that are all there. They are written at the end.
  mutating func add(_ gradings: [Grading]) { self.gradings += gradings }

  /// Finishes every output: no more results come.
  mutating func finish() throws(InputError) {
    try write(final: true)
    if !isText { Terminal.write(printed.text(gradings, feedback)) }
    for format in files.map(\.format) + [printed] {
      guard let appendix = format.appendix(gradings),
        let path = ProcessInfo.processInfo.environment[appendix.variable], !path.isEmpty
      else { continue }
      try ResultFile(path).append(appendix.text)
    }
  }

  private mutating func write(final: Bool) throws(InputError) {
    let began = ContinuousClock.now
    guard final || began >= next else { return }
    for (file, format) in files { try file.write(format.text(gradings, feedback), final: final) }
    let end = ContinuousClock.now
    next = end.advanced(by: began.duration(to: end) * 9)
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

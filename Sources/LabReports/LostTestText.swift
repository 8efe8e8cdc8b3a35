import LabMeter
import LabModel

/// What reports say about a lost test besides its verdict, the same in every report.
enum LostTestText {
  /// What the reader has already read.
  struct Told: Sendable {
    /// The mistakes that were explained.
    var mistakes: Set<String> = []
    /// The fault in the text about the last lost test.
    var fault: FaultReport?

    /// Notes that the reader has read about `entry`.
    mutating func add(_ entry: Grading.Entry) {
      guard let diagnosis = entry.outcome?.diagnosis else { return }
      if let mistake = diagnosis.mistakes.first { mistakes.insert(mistake.id) }
      fault = diagnosis.fault
    }
  }

  /// The rows about `entry`. What was `told` before is named, but not explained again.
  static func rows(_ entry: Grading.Entry, _ feedback: Feedback, told: Told = Told())
    -> [LabelledText]
  {
    guard let outcome = entry.outcome, entry.isLost else { return [] }
    let diagnosis = outcome.diagnosis ?? Diagnosis()
    var rows: [LabelledText] = []
    for (index, mistake) in diagnosis.mistakes.enumerated() where index == 0 || feedback > .student {
      rows += self.rows(mistake, isFirst: index == 0, feedback, isTold: told.mistakes.contains(mistake.id))
    }
    if let fault = diagnosis.fault {
      rows += fault == told.fault ? [LabelledText("what", "as above")] : FaultReportText.rows(fault, feedback)
    }
    if !rows.contains(where: { $0.label == "expected" }) {
      if !entry.expects.isEmpty { rows.append(LabelledText("expected", entry.expects)) }
    } else if feedback > .student {
      rows.append(LabelledText("the lab", "expects: \(entry.expects)"))
    }
    if let gap = diagnosis.gap, feedback > .student { rows.append(LabelledText("note", gap)) }
    return rows
  }

  private static func rows(_ mistake: Mistake, isFirst: Bool, _ feedback: Feedback, isTold: Bool)
    -> [LabelledText]
  {
    let note = feedback == .full ? [LabelledText("staff", mistake.staffNote)] : []
    guard isFirst else { return [LabelledText("or", mistake.name)] + note }
    if isTold { return [LabelledText("mistake", "\(mistake.name) (as above)")] + note }
    return [
      LabelledText("mistake", mistake.name), LabelledText("", mistake.explanation),
      LabelledText("see", mistake.concept),
    ] + note
  }
}

extension Grading.Entry {
  /// The full text about a test that did not pass, for reports that have room. About a lost one: what
  /// happened, the mistake, the fault, what the lab expects, and what the console showed, as far as
  /// `feedback` allows.
  package func report(_ feedback: Feedback) -> String {
    guard let outcome, !outcome.passed else { return "" }
    if isSkipped { return outcome.message }
    var parts = ["\(outcome.verdict): \(outcome.message)"]
    parts += LostTestText.rows(self, feedback).flatMap { $0.lines(width: nil) }
    if feedback == .full, !outcome.console.isEmpty { parts.append("The console showed:\n\(outcome.console)") }
    if !outcome.printed.isEmpty { parts.append("The solution printed:\n\(outcome.printed)") }
    return parts.joined(separator: "\n")
  }

  /// Whether the test was lost in the same way as `other`: the machine did not even come to the test, or it
  /// is known how the test was lost.
  func isLost(like other: Grading.Entry) -> Bool {
    guard let outcome, let before = other.outcome, !outcome.passed else { return false }
    guard outcome.instructions == 0 || outcome.diagnosis.map({ !$0.isEmpty }) ?? false else { return false }
    return outcome.explanation != nil && outcome.explanation == before.explanation
      && outcome.verdict == before.verdict && outcome.diagnosis == before.diagnosis
  }
}

extension Grading {
  /// The test that stands for all, if every test was lost in the same way: the kernel never came to its
  /// shell, for instance.
  var onlyLoss: Entry? {
    // A test that looks at the source tree only did not run.
    let run = tests.filter { $0.outcome.map { $0.instructions != nil || $0.diagnosis != nil } ?? false }
    guard run.count > 2, let first = run.first, run.dropFirst().allSatisfy({ $0.isLost(like: first) }) else {
      return nil
    }
    return first
  }
}

extension Grading.Outcome {
  var message: String { explanation ?? verdict }
}

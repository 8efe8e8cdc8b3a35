/// What is said of a lost test beside its verdict, wherever it is said.
enum LostTestText {
  /// The rows about `entry`. Of the mistakes in `told` the reader has read already: they are named, not explained.
  static func rows(_ entry: Grading.Entry, _ feedback: Feedback, told: Set<String> = []) -> [LabelledText] {
    guard let outcome = entry.outcome, !outcome.passed else { return [] }
    let diagnosis = outcome.diagnosis ?? Diagnosis()
    var rows: [LabelledText] = []
    for (index, mistake) in diagnosis.mistakes.enumerated() where index == 0 || feedback > .student {
      rows += self.rows(mistake, isFirst: index == 0, feedback, isTold: told.contains(mistake.id))
    }
    if let fault = diagnosis.fault { rows += FaultReportText.rows(fault, feedback) }
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

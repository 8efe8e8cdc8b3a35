/// What is said of a lost test beside its verdict, wherever it is said.
enum LostTestText {
  static func rows(_ entry: Grading.Entry, _ feedback: Feedback) -> [LabelledText] {
    guard let outcome = entry.outcome, !outcome.passed else { return [] }
    let diagnosis = outcome.diagnosis ?? Diagnosis()
    var rows: [LabelledText] = []
    for (index, mistake) in diagnosis.mistakes.enumerated() where index == 0 || feedback > .student {
      rows += self.rows(mistake, isFirst: index == 0, feedback)
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

  private static func rows(_ mistake: Mistake, isFirst: Bool, _ feedback: Feedback) -> [LabelledText] {
    guard isFirst else {
      let note = feedback == .full ? [LabelledText("staff", mistake.staffNote)] : []
      return [LabelledText("or", mistake.name)] + note
    }
    var rows = [LabelledText("mistake", mistake.name), LabelledText("", mistake.explanation)]
    rows.append(LabelledText("see", mistake.concept))
    if feedback == .full { rows.append(LabelledText("staff", mistake.staffNote)) }
    return rows
  }
}

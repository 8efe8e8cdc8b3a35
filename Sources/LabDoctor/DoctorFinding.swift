import HostSupport

/// One thing that `labrunner doctor` found, as a sentence.
package struct DoctorFinding: Equatable, Sendable, Encodable {
  /// What the finding means for grading.
  package enum Mark: String, Sendable, Encodable, CaseIterable {
    /// All is well, or it is only a fact.
    case ok
    /// Good to know; grading still works.
    case note
    /// This stops grading.
    case problem
  }

  package let mark: Mark
  /// The subject of the finding: `host`, `toolchain`, `tools`, or the path that was given.
  package let about: String
  package let text: String

  package init(_ mark: Mark, _ about: String, _ text: String) {
    self.mark = mark
    self.about = about
    self.text = text
  }
}

/// All findings of one run of `labrunner doctor`.
package struct Checkup: Sendable {
  package let findings: [DoctorFinding]

  /// Whether no finding stops grading.
  package var isWell: Bool { !findings.contains { $0.mark == .problem } }

  /// One entry for each finding, under a heading for each subject, in lines that fit a terminal of 80
  /// columns.
  package var text: String {
    var lines: [String] = []
    var about: String?
    for finding in findings {
      if finding.about != about { lines.append("\(VisibleText.of(finding.about)):") }
      about = finding.about
      lines += Wrapped.lines("  " + finding.mark.rawValue, VisibleText.of(finding.text), at: 10)
    }
    let problems = findings.count { $0.mark == .problem }
    lines.append(
      problems == 0
        ? "Nothing stops grading."
        : "\(problems) \(problems == 1 ? "problem stops" : "problems stop") grading.")
    return lines.joined(separator: "\n")
  }

  /// The same findings as JSON, for programs.
  package var json: String {
    struct Document: Encodable {
      var gradable: Bool
      var findings: [DoctorFinding]
    }
    return JSONText.of(Document(gradable: isWell, findings: findings))
  }
}

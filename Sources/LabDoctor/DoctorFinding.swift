import HostSupport

/// One thing that `labrunner doctor` has found, in a sentence.
package struct DoctorFinding: Equatable, Sendable, Encodable {
  /// What it means for grading.
  package enum Mark: String, Sendable, Encodable, CaseIterable {
    /// As it should be, or a fact.
    case ok
    /// Worth knowing; grading goes on.
    case note
    /// This stops grading.
    case problem
  }

  package let mark: Mark
  /// What it is about: `host`, `toolchain`, `tools`, or the path that was given.
  package let about: String
  package let text: String

  package init(_ mark: Mark, _ about: String, _ text: String) {
    self.mark = mark
    self.about = about
    self.text = text
  }
}

/// What a doctor's visit came to.
package struct Checkup: Sendable {
  package let findings: [DoctorFinding]

  /// Whether nothing stops grading.
  package var isWell: Bool { !findings.contains { $0.mark == .problem } }

  /// A line a finding, under a heading for each subject, in lines that fit a terminal of 80 columns.
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

  /// The same for programs.
  package var json: String {
    struct Document: Encodable {
      var gradable: Bool
      var findings: [DoctorFinding]
    }
    return JSONText.of(Document(gradable: isWell, findings: findings))
  }
}

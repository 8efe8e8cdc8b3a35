import LabMeter

/// Why a test was lost: the information that a student needs in addition to the verdict.
package struct Diagnosis: Sendable, Equatable, Codable {
  /// The fault, the copy or the panic that lost the test; nil if it was lost for another reason.
  package var fault: FaultReport?
  /// The lab's known mistakes that the run shows, the most likely first.
  package var mistakes: [Mistake]
  /// Why the diagnosis is missing or not complete; nil if it is complete.
  package var gap: String?
  /// What the run did with memory, for drawings. It is not written to result files.
  package var memory: Measured?

  package init(fault: FaultReport? = nil, mistakes: [Mistake] = [], gap: String? = nil) {
    self.fault = fault
    self.mistakes = mistakes
    self.gap = gap
  }

  /// Whether there is nothing to report.
  package var isEmpty: Bool { fault == nil && mistakes.isEmpty && gap == nil }
}

/// A mistake that is common in solutions of the lab.
package struct Mistake: Sendable, Equatable, Codable {
  /// The mistake's identifier in files and tables, unique in the catalogue: `unzeroed-page`.
  package var id: String
  /// The mistake's name: `a page is not zeroed`.
  package var name: String
  /// Two sentences for a student.
  package var explanation: String
  /// Where to read about the idea behind it. Never the code that solves it.
  package var concept: String
  /// For staff: what the run showed, and where to look in the solution.
  package var staffNote: String

  package init(id: String, name: String, explanation: String, concept: String, staffNote: String) {
    self.id = id
    self.name = name
    self.explanation = explanation
    self.concept = concept
    self.staffNote = staffNote
  }
}

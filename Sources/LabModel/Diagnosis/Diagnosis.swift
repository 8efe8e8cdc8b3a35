import LabMeter

/// Why a test was lost: what a student needs beside the verdict.
package struct Diagnosis: Sendable, Equatable, Codable {
  /// The fault, the copy or the panic that the test was lost over; nil where it was lost over none.
  package var fault: FaultReport?
  /// The lab's known mistakes that the run shows, the likeliest first.
  package var mistakes: [Mistake]
  /// Why nothing could be found out, or not all; nil where all was tried.
  package var gap: String?
  /// What the run did with memory, for drawings; no file of results has it.
  package var memory: Measured?

  package init(fault: FaultReport? = nil, mistakes: [Mistake] = [], gap: String? = nil) {
    self.fault = fault
    self.mistakes = mistakes
    self.gap = gap
  }

  /// Whether there is anything to say.
  package var isEmpty: Bool { fault == nil && mistakes.isEmpty && gap == nil }
}

/// A mistake that solutions of the lab are known to make.
package struct Mistake: Sendable, Equatable, Codable {
  /// A word for files and tables, unique in the catalogue: `unzeroed-page`.
  package var id: String
  /// What it is called: `a page is not zeroed`.
  package var name: String
  /// Two sentences for a student.
  package var explanation: String
  /// Where the idea behind it is explained; never the code that solves it.
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

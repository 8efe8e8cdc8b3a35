import LabEvents
import LabModel
import Synchronization

/// Makes a diagnosis across threads: the machine's thread records events, and another thread asks for the
/// diagnosis.
package final class DiagnosisRecorder: Sendable {
  private let builder: Mutex<DiagnosisBuilder>

  package init(_ builder: consuming DiagnosisBuilder) { self.builder = Mutex(builder) }

  package func record(_ event: LabEvent, at retired: UInt64) {
    builder.withLock { $0.hear(event, at: retired) }
  }

  package func diagnosis(of verdict: Verdict, lostPages: Int? = nil) -> Diagnosis {
    builder.withLock { $0.diagnosis(of: verdict, lostPages: lostPages) }
  }
}

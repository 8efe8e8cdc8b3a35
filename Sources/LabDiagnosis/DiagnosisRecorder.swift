import LabEvents
import LabModel
import Synchronization

/// A diagnosis in the making that a machine's thread tells and another asks.
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

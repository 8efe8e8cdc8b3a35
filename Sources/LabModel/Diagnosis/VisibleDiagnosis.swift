import HostSupport
import LabEvents
import Sv39MMU

// Makes a diagnosis safe to show and to keep. It may come from a file or from the process of a user's own
// solution.

extension Diagnosis {
  private static let mostMistakes = 16

  /// The same diagnosis without control characters that could command a terminal. It keeps only as many
  /// parts as are useful, and about `bytes` bytes of each text.
  package func madeVisible(bytes: Int = .max) -> Diagnosis {
    var visible = Diagnosis(
      fault: fault?.madeVisible(bytes),
      mistakes: mistakes.prefix(Self.mostMistakes).map { $0.madeVisible(bytes) },
      gap: gap?.madeVisible(bytes))
    visible.memory = memory.flatMap { $0.isSound ? $0 : nil }
    return visible
  }
}

extension Mistake {
  fileprivate func madeVisible(_ bytes: Int) -> Mistake {
    Mistake(
      id: id.madeVisible(bytes), name: name.madeVisible(bytes), explanation: explanation.madeVisible(bytes),
      concept: concept.madeVisible(bytes), staffNote: staffNote.madeVisible(bytes))
  }
}

extension FaultReport {
  /// How many levels of a walk, and how many places of a chain of calls, are kept.
  private static let mostSteps = 3
  private static let mostCallers = 32

  fileprivate func madeVisible(_ bytes: Int) -> FaultReport {
    var report = self
    report.program = program.madeVisible(bytes)
    report.place = place?.madeVisible(bytes)
    report.call = call?.madeVisible(bytes)
    let steps = walk?.steps.filter {
      (0..<Sv39.levels).contains($0.level) && (0..<Sv39.entriesPerTable).contains($0.index)
    }
    report.walk?.steps = Array(steps?.prefix(Self.mostSteps) ?? [])
    report.panic = panic.map { panic in
      Panic(
        text: panic.text.madeVisible(bytes), activity: panic.activity.madeVisible(bytes),
        callers: panic.callers.prefix(Self.mostCallers).map { $0.madeVisible(bytes) })
    }
    return report
  }
}

extension SourcePlace {
  fileprivate func madeVisible(_ bytes: Int) -> SourcePlace {
    SourcePlace(function: function.madeVisible(bytes), file: file?.madeVisible(bytes), line: line)
  }
}

extension String {
  fileprivate func madeVisible(_ bytes: Int) -> String {
    VisibleText.of(VisibleText.prefix(self, bytes: bytes))
  }
}

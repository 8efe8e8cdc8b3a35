import LabEvents

// A diagnosis that comes from a file or from the process of somebody's own solution, made safe to show and to keep.

extension Diagnosis {
  private static let mostMistakes = 16

  /// The same with every text of it bounded, and nothing in it that commands a terminal.
  var madeVisible: Diagnosis {
    Diagnosis(
      fault: fault?.madeVisible, mistakes: mistakes.prefix(Self.mostMistakes).map(\.madeVisible),
      gap: gap?.madeVisible)
  }
}

extension Mistake {
  fileprivate var madeVisible: Mistake {
    Mistake(
      id: id.madeVisible, name: name.madeVisible, explanation: explanation.madeVisible,
      concept: concept.madeVisible, staffNote: staffNote.madeVisible)
  }
}

extension FaultReport {
  /// Levels of a walk, and places of a chain of calls, that are kept.
  private static let mostSteps = 3
  private static let mostCallers = 32

  fileprivate var madeVisible: FaultReport {
    var report = self
    report.program = program.madeVisible
    report.place = place?.madeVisible
    report.call = call?.madeVisible
    report.walk?.steps = Array(walk?.steps.prefix(Self.mostSteps) ?? [])
    report.panic = panic.map { panic in
      Panic(
        text: panic.text.madeVisible, activity: panic.activity.madeVisible,
        callers: panic.callers.prefix(Self.mostCallers).map(\.madeVisible))
    }
    return report
  }
}

extension SourcePlace {
  fileprivate var madeVisible: SourcePlace {
    SourcePlace(function: function.madeVisible, file: file?.madeVisible, line: line)
  }
}

extension String {
  private static let longest = 1024

  fileprivate var madeVisible: String { VisibleText.of(VisibleText.prefix(self, bytes: Self.longest)) }
}

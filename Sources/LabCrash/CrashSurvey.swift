import XV6FileSystem

/// What became of all crashes of one kind.
package struct CrashSurvey: Sendable {
  let kind: CrashPoint.Kind
  package let tried: Int
  /// The crashes that were not survived, in order, each with the command, the moment and what was wrong.
  package fileprivate(set) var losses: [(point: CrashPoint, words: String)] = []

  /// How many there were, and how many were not survived.
  package var summary: String { "\(tried) \(kind.name): \(losses.count) not survived" }
}

extension CrashTest {
  /// Tries every crash of `kind` on up to `jobs` boards at once; `progress` hears how far it has come.
  package func survey(
    _ kind: CrashPoint.Kind, of recording: Recording, jobs: Int, progress: (String) -> Void
  ) throws -> CrashSurvey {
    let points = recording.points([kind])
    var survey = CrashSurvey(kind: kind, tried: points.count)
    var done = 0
    progress("\(points.count) \(kind.name)")
    try judge(points, of: recording, jobs: jobs) { point, trouble in
      done += 1
      progress("\(done) of \(points.count) \(kind.name)")
      guard let trouble else { return }
      survey.losses.append((point, "\(recording.command(at: point)): \(point): \(trouble)"))
    }
    return survey
  }
}

extension CrashPoint.Kind {
  /// What crashes of this kind are called in a report.
  fileprivate var name: String {
    switch self {
    case .ordered: "cuts between writes"
    case .torn: "torn writes"
    case .reordered: "sets of reordered writes"
    }
  }
}

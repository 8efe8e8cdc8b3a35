import XV6FileSystem

/// The results of all crashes of one kind.
package struct CrashSurvey: Sendable {
  let kind: CrashPoint.Kind
  package let tried: Int
  /// The crashes that the kernel did not survive, in order. `words` names the command, the moment and what
  /// was wrong.
  package fileprivate(set) var losses: [(point: CrashPoint, words: String)] = []

  /// How many crashes were tried, and how many of them the kernel did not survive.
  package var summary: String { "\(tried) \(kind.name): \(losses.count) not survived" }
}

extension CrashTest {
  /// Tries every crash of `kind` on up to `jobs` boards at once. `progress` is told how many are done.
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
  /// The name of this kind of crash in a report.
  fileprivate var name: String {
    switch self {
    case .ordered: "cuts between writes"
    case .torn: "torn writes"
    case .reordered: "sets of reordered writes"
    }
  }
}

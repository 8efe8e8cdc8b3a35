import LabModel

/// What the tests of one run have lost together.
struct PageLosses {
  private var tests: [String] = []
  /// Why the first of them lost any.
  private var diagnosis: Diagnosis?

  /// Tests that an explanation has room for.
  private static let shown = 5

  /// `result` as it counts: a test about pages is lost where one of those before it has lost any.
  mutating func judge(_ result: TestResult) -> TestResult {
    if let lost = result.lostPages, lost > 0 {
      tests.append("\(result.test.title) (\(lost))")
      diagnosis = diagnosis ?? result.diagnosis
    }
    var judged = result
    if result.passed { judged.diagnosis = nil }
    guard result.test.concerns == .pages, result.passed, !tests.isEmpty else { return judged }
    let more = tests.count > Self.shown ? ["and \(tests.count - Self.shown) more"] : []
    judged.verdict = .failed(status: 1)
    judged.explanation = "pages lost by " + (tests.prefix(Self.shown) + more).joined(separator: ", ")
    judged.diagnosis = diagnosis
    return judged
  }
}

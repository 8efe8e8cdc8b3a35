import LabModel

/// The pages that the tests of one run lost.
struct PageLosses {
  private var tests: [String] = []
  /// Why the first of these tests lost pages.
  private var diagnosis: Diagnosis?

  /// How many tests an explanation names at most.
  private static let shown = 5

  /// `result` with its final verdict: a test about pages is lost if a test before it lost pages, or if it
  /// did.
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

import LabDiagnosis
import LabModel
import UserFollowing

/// Why a run that seems to have passed has not passed.
package struct Objection: Sendable {
  package let verdict: Verdict
  /// The reason.
  package let sentence: String
}

extension UserLedger {
  /// The account of `test`, whose program `launcher` starts. The test about pages runs other tests, whose own
  /// checks may fail.
  package convenience init(_ test: Lab.Test, program: UserProgram, launcher: UserProgram) {
    self.init(
      command: test.run, function: test.function, generations: test.concerns == .pages ? 1 : nil,
      program: program, launcher: launcher)
  }

  /// What the test's processes really did, against a pass; nil if they executed what a pass is made of.
  ///
  /// A check that failed is a lost test, whatever the parent of that process was told. A kernel that changes
  /// what a program is made of, or a test that skipped its checks, has not passed either. The sentences are
  /// neutral, because a mistake in a kernel can have the same effect as a trick.
  package func objection(_ library: ProgramLibrary) -> Objection? {
    if let failure {
      let sentence = "a check failed in \(failure), but the command ended with 0"
      return Objection(
        verdict: .failed(status: 1), sentence: statusMistake.map { "\(sentence): \($0)" } ?? sentence)
    }
    if let statusMistake { return Objection(verdict: .failed(status: 1), sentence: statusMistake) }
    if let change { return Objection(verdict: .forged(change), sentence: change) }
    guard let sentence = missingPlaces(library) else { return nil }
    return Objection(verdict: .forged(sentence), sentence: sentence)
  }

  /// The sentence about the checks that were never executed; nil if there are none.
  private func missingPlaces(_ library: ProgramLibrary) -> String? {
    let missing = missing
    guard missing.count > 0, let first = missing.first else { return nil }
    let file = first.addresses.first.flatMap { library.place(of: $0, in: program.name)?.file }
    let place = "\(file ?? program.name):\(first.line)"
    let count =
      missing.count == missing.of
      ? "none of its \(missing.of) checks was executed"
      : "\(missing.count) of its \(missing.of) checks \(missing.count == 1 ? "was" : "were") never executed"
    return "\(program.name) ended with 0, but \(count), first \(place)"
  }
}

import Foundation
import RV64

/// What became of one test.
public enum Verdict: Sendable, Equatable, Codable {
  /// The command exited with status 0.
  case passed
  /// The command exited with another status.
  case failed(status: Int)
  /// The kernel killed the test's process, for this.
  case killed(String)
  /// The command was over, and its program had not ended itself: it was killed, or never ran.
  case vanished
  /// The kernel panicked with this text.
  case panicked(String)
  /// Every process waits for something that cannot come.
  case deadlocked
  /// The limit of retired instructions was used up.
  case outOfInstructions(limit: UInt64)
  /// The console limit was used up.
  case tooMuchOutput(limit: Int)
  /// The host's wall clock ended it.
  case outOfTime(seconds: Int)
  /// The solution's own code did not come back to the machine.
  case stuck(seconds: Int)
  /// The machine itself came to an end, as told.
  case ended(String)
  /// The console claims success, and the test's program did not have it.
  case forged
  /// The solution's own code crashed the process that ran it.
  case crashed(String)

  /// A command's exit status that is not 0, in the light of what `recorder` heard.
  static func of(status: Int, _ recorder: TestRecorder) -> Verdict {
    recorder.casualty.map { .killed($0) } ?? .failed(status: status)
  }

  /// The word for it in tables and files.
  public var word: String {
    switch self {
    case .passed: "passed"
    case .failed, .vanished: "failed"
    case .killed: "killed"
    case .panicked: "panicked"
    case .deadlocked, .outOfInstructions, .tooMuchOutput, .outOfTime, .stuck: "hung"
    case .ended: "ended"
    case .forged: "forged"
    case .crashed: "crashed"
    }
  }
}

/// One test's result. Equal inputs give equal results, byte for byte.
public struct TestResult: Sendable, Equatable, Codable {
  public var test: Lab.Test
  public var verdict: Verdict
  /// What went wrong, in one line; nil where nothing did.
  public var explanation: String?
  /// Retired user instructions; nil where the solution's own code took the count with it.
  public var instructions: UInt64?
  /// Why a test was lost; nil where it passed, or nobody could watch.
  public var diagnosis: Diagnosis?
  /// What the test wrote to the console, control characters made visible.
  public var console: String
  /// The hashes of the run; nil where none were asked for, or the solution's own code took them with it.
  package var trace: TraceSum?
  /// Pages that were free before the test and are nobody's after it; nil where nobody looked, or could tell.
  package var lostPages: Int?

  public var passed: Bool { verdict == .passed }
  public var earned: Int { passed ? test.points : 0 }
}

extension TestResult {
  /// What the process of somebody's own solution answered when it was asked to run `test`; nil where it is no answer.
  ///
  /// The solution shares that process, and could have written anything: the test and its points are the lab's, and
  /// the texts are made safe to show.
  package init?(answer bytes: [UInt8], to test: Lab.Test) {
    guard let answer = try? JSONDecoder().decode(TestResult.self, from: Data(bytes)) else { return nil }
    self = answer
    self.test = test
    explanation = explanation.map { VisibleText.of(VisibleText.prefix($0, bytes: TestRecorder.keptBytes)) }
    console = VisibleText.of(VisibleText.prefix(console, bytes: 2 * TestRecorder.keptBytes), lines: true)
    let isClean = passed && (lostPages ?? 0) == 0
    diagnosis = isClean ? nil : diagnosis?.madeVisible(bytes: 1024)
  }

  /// A result explained by what `recorder` heard. `instructions` is nil where the count was lost.
  init(
    test: Lab.Test, verdict: Verdict, recorder: TestRecorder, instructions: UInt64? = nil,
    trace: TraceSum? = nil
  ) {
    self.test = test
    self.verdict = verdict
    self.instructions = instructions
    self.trace = trace
    explanation = recorder.explanation(of: verdict)
    console = recorder.console
  }
}

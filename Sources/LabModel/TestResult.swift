import Foundation
import HostSupport
import RV64

/// What became of one test.
package enum Verdict: Sendable, Equatable, Codable {
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

  /// What it says by itself, in one line; nil if that depends on what the machine said and did.
  package var sentence: String? {
    switch self {
    case .passed, .failed, .killed, .vanished, .panicked: nil
    case .deadlocked: "every process is asleep and nothing can wake one"
    case .outOfInstructions(let limit): "still running after \(grouped(limit)) instructions"
    case .tooMuchOutput(let limit): "printed more than \(grouped(UInt64(limit))) bytes"
    case .outOfTime(let seconds): "still running after \(seconds) s of wall-clock time"
    case .stuck(let seconds):
      "the solution's own code has not returned for \(seconds) s: an endless loop?"
    case .ended(let how): how
    case .forged: "the console says that the tests passed, but the program did not end with status 0"
    case .crashed(let how): "the solution's own code ended its process: \(how)"
    }
  }

  /// The word for it in tables and files.
  package var word: String {
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
package struct TestResult: Sendable, Equatable, Codable {
  package var test: Lab.Test
  package var verdict: Verdict
  /// What went wrong, in one line; nil where nothing did.
  package var explanation: String?
  /// Retired user instructions; nil where the solution's own code took the count with it.
  package var instructions: UInt64?
  /// Why a test was lost; nil where it passed, or nobody could watch.
  package var diagnosis: Diagnosis?
  /// What the test wrote to the console, control characters made visible.
  package var console: String
  /// The hashes of the run; nil where none were asked for, or the solution's own code took them with it.
  package var trace: TraceSum?
  /// Pages that were free before the test and are nobody's after it; nil where nobody looked, or could tell.
  package var lostPages: Int?

  package init(
    test: Lab.Test, verdict: Verdict, explanation: String? = nil, instructions: UInt64? = nil,
    diagnosis: Diagnosis? = nil, console: String, trace: TraceSum? = nil, lostPages: Int? = nil
  ) {
    self.test = test
    self.verdict = verdict
    self.explanation = explanation
    self.instructions = instructions
    self.diagnosis = diagnosis
    self.console = console
    self.trace = trace
    self.lostPages = lostPages
  }

  /// Bytes of console text that are kept; a test that prints more keeps its last lines.
  package static let keptConsole = 16 * 1024

  package var passed: Bool { verdict == .passed }
  package var earned: Int { passed ? test.points : 0 }
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
    explanation = explanation.map { VisibleText.of(VisibleText.prefix($0, bytes: Self.keptConsole)) }
    console = VisibleText.of(VisibleText.prefix(console, bytes: 2 * Self.keptConsole), lines: true)
    let isClean = passed && (lostPages ?? 0) == 0
    diagnosis = isClean ? nil : diagnosis?.madeVisible(bytes: 1024)
  }
}

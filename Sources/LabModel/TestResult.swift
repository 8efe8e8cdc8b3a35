import Foundation
import HostSupport
import LabEvents
import RV64

/// The verdict on one test.
package enum Verdict: Sendable, Equatable, Codable {
  /// The command exited with status 0.
  case passed
  /// The command exited with another status.
  case failed(status: Int)
  /// The kernel killed the test's process for this reason.
  case killed(String)
  /// The command is over, but its program did not end itself: the kernel killed it or never ran it.
  case vanished
  /// The kernel panicked with this text.
  case panicked(String)
  /// Every process waits for an event that cannot come.
  case deadlocked
  /// The limit of retired instructions was used up.
  case outOfInstructions(limit: UInt64)
  /// The console limit was used up.
  case tooMuchOutput(limit: Int)
  /// The test used up its time on the host's wall clock.
  case outOfTime(seconds: Int)
  /// The solution's own code did not return to the machine.
  case stuck(seconds: Int)
  /// The machine itself ended, in the way that the text tells.
  case ended(String)
  /// The console says that the tests passed, but the test's program did not end with status 0.
  case forged
  /// The solution's own code crashed the process that ran it.
  case crashed(String)

  /// The verdict in one line; nil if that depends on what the machine printed and did.
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

  /// The word for the verdict in tables and files.
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
  /// What went wrong, in one line; nil if the test passed.
  package var explanation: String?
  /// Retired user instructions; nil if the count was lost because the solution's own code crashed or did
  /// not return.
  package var instructions: UInt64?
  /// Why a test was lost; nil if it passed, or if the run could not be watched.
  package var diagnosis: Diagnosis?
  /// What the test wrote to the console, with control characters made visible.
  package var console: String
  /// The hashes of the run; nil if they were not asked for, or if they were lost because the solution's own
  /// code crashed or did not return.
  package var trace: TraceSum?
  /// Pages that were free before the test, but that are neither free nor in use after it; nil if they were
  /// not counted, or could not be.
  package var lostPages: Int?
  /// What the solution's own code printed, with control characters made visible; nil if it printed nothing.
  package var printed: String?
  /// The line of the solution that ended its process, if it is known.
  package var place: SourcePlace?

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

  /// How many bytes of console text are kept. If a test prints more, its last lines are kept.
  package static let keptConsole = 16 * 1024

  /// How many bytes are kept of what a solution's own code prints.
  package static let keptPrinted = 8 * 1024

  package var passed: Bool { verdict == .passed }
  package var earned: Int { passed ? test.points : 0 }
}

extension TestResult {
  /// Reads the answer of a process that runs a user's own solution and was asked to run `test`; nil if
  /// `bytes` is not a valid answer.
  ///
  /// The solution runs in that process and could have written anything. So the test and its points are
  /// taken from the lab, and the texts are made safe to show.
  package init?(answer bytes: [UInt8], to test: Lab.Test) {
    guard let answer = try? JSONDecoder().decode(TestResult.self, from: Data(bytes)) else { return nil }
    self = answer
    self.test = test
    explanation = explanation.map { VisibleText.of(VisibleText.prefix($0, bytes: Self.keptConsole)) }
    console = VisibleText.of(VisibleText.prefix(console, bytes: 2 * Self.keptConsole), lines: true)
    printed = nil
    place = nil
    let isClean = passed && (lostPages ?? 0) == 0
    diagnosis = isClean ? nil : diagnosis?.madeVisible(bytes: 1024)
  }
}

import Foundation
import HostSupport
import LabEvents
import Sv39MMU

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
  /// The limit of the kernel's steps was used up: the solution's own code called the kernel again and again.
  case outOfSteps(limit: UInt64)
  /// The same fault came for ever.
  case endlessFault(EndlessFault)
  /// The solution's own code used so many seconds of processor time and did not call the kernel.
  case stuck(seconds: Int)
  /// The machine itself ended, in the way that the text tells.
  case ended(String)
  /// The test seems to have passed, but its program did not execute what a pass is made of, or was tampered
  /// with. The sentence says what was seen. A kernel can do that by mistake, too.
  case forged(String)
  /// The solution's own code crashed the process that ran it.
  case crashed(String)
  /// The test is not asked of kernels of this edition, for this reason. It did not run, and has no points.
  case notOfEdition(String)

  /// The verdict in one line; nil if that depends on what the machine printed and did.
  package var sentence: String? {
    switch self {
    case .passed, .failed, .killed, .vanished, .panicked: nil
    case .deadlocked: "every process is asleep and nothing can wake one"
    case .outOfInstructions(let limit): "still running after \(grouped(limit)) instructions"
    case .outOfSteps(let limit):
      "the solution's own code has not returned after \(grouped(limit)) steps of the kernel: an endless loop?"
    case .endlessFault(let fault): fault.sentence
    case .stuck(let seconds):
      "the solution's own code has used \(grouped(UInt64(seconds))) s of processor time without calling the "
        + "kernel: an endless loop?"
    case .ended(let how): how
    case .forged(let what): what
    case .crashed(let how): "the solution's own code ended its process: \(how)"
    case .notOfEdition(let why): "not of this edition: \(why)"
    }
  }

  /// The word for the verdict in tables and files.
  package var word: String {
    switch self {
    case .passed: "passed"
    case .failed, .vanished: "failed"
    case .killed: "killed"
    case .panicked: "panicked"
    case .deadlocked, .outOfInstructions, .outOfSteps, .endlessFault, .stuck: "hung"
    case .ended: "ended"
    case .forged: "forged"
    case .crashed: "crashed"
    case .notOfEdition: Self.skipped
    }
  }

  /// The word for a test that did not run because it is not of the kernel's edition.
  package static let skipped = "skipped"
}

extension EndlessFault {
  /// What happened, in one line.
  fileprivate var sentence: String {
    let place = "pc \(hex(sepc))"
    let times = "\(grouped(times)) times"
    let access: String? =
      switch TrapCause(rawValue: scause) {
      case .instructionPageFault: "an instruction fetch"
      case .loadPageFault: "a load"
      case .storePageFault: "a store"
      default: nil
      }
    guard let access else {
      return "the same trap \(times): cause \(scause), stval \(hex(stval)), \(place): nothing changed"
    }
    return "the same fault \(times): \(access) at \(hex(stval)), \(place): nothing was mapped"
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
  /// The hashes of the run, a line each; nil if they were not asked for, or if they were lost because the
  /// solution's own code crashed or did not return.
  package var trace: [String]?
  /// Pages that were free before the test, but that are neither free nor in use after it; nil if they were
  /// not counted, or could not be.
  package var lostPages: Int?
  /// What the solution's own code printed, with control characters made visible; nil if it printed nothing.
  package var printed: String?
  /// The line of the solution that ended its process, if it is known.
  package var place: SourcePlace?

  package init(
    test: Lab.Test, verdict: Verdict, explanation: String? = nil, instructions: UInt64? = nil,
    diagnosis: Diagnosis? = nil, console: String, trace: [String]? = nil, lostPages: Int? = nil
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

  /// How many bytes are kept of what a solution's own code prints.
  package static let keptPrinted = 8 * 1024

  package var passed: Bool { verdict == .passed }
  package var earned: Int { passed ? test.points : 0 }
  /// Whether the solution lost points here.
  package var losesPoints: Bool { verdict.word != Verdict.skipped && earned < test.points }

  /// The result of a test that is not asked of this kernel.
  package init(notOfEdition test: Lab.Test, why: String) {
    let verdict = Verdict.notOfEdition(why)
    self.init(test: test, verdict: verdict, explanation: verdict.sentence, console: "")
  }
}

extension TestResult {
  /// How many bytes of an explanation are read.
  private static let longestExplanation = 16 << 10

  /// Reads the answer of a process that runs a user's own solution and was asked to run `test`; nil if
  /// `bytes` is not a valid answer.
  ///
  /// The solution runs in that process and could have written anything. So the test and its points are
  /// taken from the lab, and the texts are made safe to show. `kept` is how many bytes of the console a test
  /// may keep.
  package init?(answer bytes: [UInt8], to test: Lab.Test, keeping kept: Int) {
    guard let answer = try? JSONDecoder().decode(TestResult.self, from: Data(bytes)) else { return nil }
    self = answer
    self.test = test
    explanation = explanation.map { VisibleText.of(VisibleText.prefix($0, bytes: Self.longestExplanation)) }
    console = VisibleText.of(VisibleText.prefix(console, bytes: 2 * kept), lines: true)
    printed = nil
    place = nil
    let isClean = passed && (lostPages ?? 0) == 0
    diagnosis = isClean ? nil : diagnosis?.madeVisible(bytes: 1024)
  }
}

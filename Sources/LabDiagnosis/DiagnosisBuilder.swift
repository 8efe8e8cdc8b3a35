import HostSupport
import LabEvents
import LabMeter
import LabModel

/// Makes a diagnosis of one run from its events, from any host. It uses bounded memory.
package struct DiagnosisBuilder: Sendable {
  /// How many lines of the console are kept, and how many bytes of each line.
  private static let keptLines = 64
  private static let keptLine = 1024
  /// The most mappings that are followed. This is far more than a test makes. It stops a kernel that maps
  /// pages without end from filling the host's memory.
  var mostMappings = 2_000_000

  private let test: Lab.Test
  private var processes: ProcessTable
  private var reporter: FaultReporter
  private var rules: [any MistakeRule]
  private var pages = PageBalance()
  private var console: [String] = []
  private var mappings = 0
  private var meter: Meter?

  /// Makes a builder for a run of `test`. The programs of the test are those of `library`.
  ///
  /// - `knowledge`: what the test's lab knows about its mistakes; nil if the lab has no diagnosis of its
  ///   own;
  /// - `meter`: measures how the run uses memory; nil to leave this out.
  package init(
    _ test: Lab.Test, library: ProgramLibrary, knowledge: (any LabKnowledge)?, meter: Meter? = nil
  ) {
    self.test = test
    self.meter = meter
    rules = knowledge?.rules() ?? []
    processes = ProcessTable(testProgram: test.run.first ?? "")
    reporter = FaultReporter(library: library, knowledge: knowledge)
  }

  /// Takes the next event. `retired` is how many instructions had retired by then.
  package mutating func hear(_ event: LabEvent, at retired: UInt64) {
    if case .pageMapped = event {
      mappings += 1
      guard mappings <= mostMappings else { return }
    }
    let wasBegun = processes.testProcess != nil
    processes.hear(event)
    switch event {
    case .pageAllocated(_, let free), .pageFreed(_, let free): pages.hear(free: free)
    case .exec where !wasBegun && processes.testProcess != nil: pages.begin()
    case .consoleLine(let line):
      if console.count == Self.keptLines { console.removeFirst() }
      console.append(VisibleText.prefix(line, bytes: Self.keptLine))
    default: break
    }
    reporter.hear(event, processes)
    meter?.take(event, retired)
    for index in rules.indices { rules[index].hear(event, at: retired, processes) }
  }

  /// The diagnosis of the run, which is over and lost. `lostPages` is how many pages are neither free nor
  /// in use; nil if the host does not know.
  package func diagnosis(of verdict: Verdict, lostPages: Int? = nil) -> Diagnosis {
    var run = LostRun(
      test: test, verdict: verdict, console: console, fault: reporter.report(of: verdict, processes),
      processes: processes, pages: pages)
    run.pages.lost = lostPages
    let findings = rules.flatMap { $0.findings(in: run) }.enumerated().sorted { a, b in
      (b.element.likelihood, a.offset) < (a.element.likelihood, b.offset)
    }
    var diagnosis = Diagnosis(fault: run.fault, mistakes: findings.map(\.element.mistake))
    if mappings > mostMappings {
      diagnosis.gap =
        "the kernel mapped pages more often than it is followed, \(grouped(UInt64(mostMappings))) times"
    }
    var meter = meter
    let measured = meter?.measurement(.ended, retired: nil)
    if let measured, measured.residency.peak > 0 { diagnosis.memory = measured }
    return diagnosis
  }
}

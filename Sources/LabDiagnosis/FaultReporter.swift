import LabEvents
import LabModel
import Sv39MMU

/// Receives every fault, copy and panic of one run, and finds the one that lost the test.
///
/// It keeps only a few. For each process it keeps the last fault. It keeps the fault for which the kernel
/// killed the test's own process or a child of it. And it keeps the last event of the test's processes in
/// which the kernel did not do what the lab expects. Many faults and many refused copies are part of a
/// normal test, so they do not count by themselves.
struct FaultReporter: Sendable {
  /// A report without the facts from the programs' files.
  private struct Candidate {
    var report: FaultReport
    /// The address in the program's code from which its source place is found.
    var code: UInt64?
  }

  private let library: ProgramLibrary
  private let knowledge: (any LabKnowledge)?
  /// The last fault of each process. The kernel may not have answered it yet.
  private var faults: [Int32: Candidate] = [:]
  /// The copy that the kernel has just refused, for each process.
  private var copies: [Int32: Candidate] = [:]
  /// The fault for which the kernel killed each process that has not exited since.
  private var condemned: [Int32: Candidate] = [:]
  private var casualty: Candidate?
  private var astray: Candidate?
  private var panicked: Candidate?
  private var last: Candidate?

  /// If the same fault comes this many times in a row, it counts as endless.
  private static let endless = 16

  init(library: ProgramLibrary, knowledge: (any LabKnowledge)?) {
    self.library = library
    self.knowledge = knowledge
  }

  /// Takes the next event. `processes` has already taken it.
  mutating func hear(_ event: LabEvent, _ processes: ProcessTable) {
    switch event {
    case .pageFault(let fault): begin(fault, processes)
    case .faultServed(let pid, _, let entry): served(pid, entry, processes)
    case .killed(let pid, _, .trap): condemn(pid, processes)
    case .exit(let pid, let parent, _, _): end(pid, parent, processes)
    case .copyRefused(let pid, _, let walk): copies[pid] = copy(pid, walk, processes)
    case .userCopy(let pid, let direction, let address, let count, let succeeded):
      copied(pid, direction, address, count, succeeded, processes)
    case .panic(let text, let pid, let program, let activity, let callers):
      panic(.init(text: text, activity: activity.phrase, callers: callers), pid, program, activity, processes)
    default: break
    }
  }

  /// The fault, copy or panic that lost the test; nil if it was lost for another reason.
  func report(of verdict: Verdict, _ processes: ProcessTable) -> FaultReport? {
    let chosen: Candidate? =
      switch verdict {
      case .passed, .crashed, .notOfEdition: nil
      case .panicked: blamed ?? panicked ?? astray
      case .killed, .vanished: casualty ?? astray
      case .outOfInstructions, .outOfSteps, .endlessFault, .stuck, .deadlocked: endless ?? astray
      case .failed, .forged, .ended: astray
      }
    return chosen.map { completed(repeated($0, verdict)) }
  }

  /// `candidate`, with the count of the run that was lost if this is its endless fault. The run that is
  /// followed repeats it less often.
  private func repeated(_ candidate: Candidate, _ verdict: Verdict) -> Candidate {
    guard case .endlessFault(let fault) = verdict, candidate.report.registers?.sepc == fault.sepc,
      candidate.report.address == fault.stval
    else { return candidate }
    var candidate = candidate
    candidate.report.repetitions = Int(clamping: fault.times)
    return candidate
  }

  /// The fault in which the kernel mapped a page where no page may be. The kernel panics only later, when
  /// it finds that page.
  private var blamed: Candidate? {
    guard let panic = panicked?.report.panic, panic.text.hasSuffix("leaf"), var candidate = astray,
      candidate.report.response == .mapped
    else { return nil }
    candidate.report.panic = panic
    return candidate
  }

  private var endless: Candidate? { last.flatMap { $0.report.repetitions >= Self.endless ? $0 : nil } }

  // The life of a fault.

  private mutating func begin(_ fault: PageFault, _ processes: ProcessTable) {
    let process = processes[fault.pid] ?? .init(pid: fault.pid)
    let region = Region(of: fault.stval, in: process, size: fault.size)
    let before = faults[fault.pid]?.report
    let isAgain = before?.address == fault.stval && before?.registers?.sepc == fault.sepc
    let report = FaultReport(
      kind: .fault, pid: fault.pid, program: process.program.isEmpty ? fault.program : process.program,
      access: fault.walk.access, address: fault.stval,
      registers: .init(
        scause: fault.scause, stval: fault.stval, sepc: fault.sepc, sp: fault.stackPointer),
      repetitions: isAgain ? (before?.repetitions ?? 0) + 1 : 1, region: region, size: fault.size,
      walk: fault.walk, response: .nothing,
      expected: knowledge?.expectation(
        in: region, walk: fault.walk.result, isCopy: false, isOutOfMemory: false))
    let candidate = Candidate(report: report, code: fault.sepc)
    faults[fault.pid] = candidate
    if Self.concerns(process, processes) { last = candidate }
  }

  /// The kernel has answered the last fault of `pid`.
  private mutating func answer(_ pid: Int32, _ response: FaultReport.Response, _ processes: ProcessTable) {
    guard var candidate = faults[pid], let process = processes[pid], candidate.report.response == .nothing,
      let region = candidate.report.region, let walk = candidate.report.walk
    else { return }
    candidate.report.response = response
    candidate.report.expected = knowledge?.expectation(
      in: region, walk: walk.result, isCopy: false, isOutOfMemory: process.isOutOfMemory)
    faults[pid] = candidate
    if last?.report.pid == pid { last = candidate }
    judge(candidate, process, processes)
  }

  private mutating func served(_ pid: Int32, _ entry: PTE, _ processes: ProcessTable) {
    let isAllowed = entry.allowsUser(faults[pid]?.report.access ?? .store)
    answer(pid, isAllowed ? .mapped : .resumed, processes)
  }

  private mutating func condemn(_ pid: Int32, _ processes: ProcessTable) {
    answer(pid, .killed, processes)
    if let fault = faults[pid], fault.report.response == .killed { condemned[pid] = fault }
  }

  private mutating func end(_ pid: Int32, _ parent: Int32, _ processes: ProcessTable) {
    let test = processes.testProcess
    if let fault = condemned.removeValue(forKey: pid), test == nil || pid == test || parent == test {
      casualty = fault
    }
    faults[pid] = nil
    copies[pid] = nil
  }

  // The life of a copy.

  private func copy(_ pid: Int32, _ walk: PageWalk, _ processes: ProcessTable) -> Candidate? {
    guard let process = processes[pid], process.imageSize != nil else { return nil }
    let region = Region(of: walk.va, in: process, size: process.size)
    let report = FaultReport(
      kind: .copy, pid: pid, program: process.program, call: process.call?.name, access: walk.access,
      address: walk.va, repetitions: 1, region: region, size: process.size, walk: walk, response: .refused,
      expected: knowledge?.expectation(
        in: region, walk: walk.result, isCopy: true, isOutOfMemory: process.isOutOfMemory))
    return Candidate(report: report, code: process.caller)
  }

  private mutating func copied(
    _ pid: Int32, _ direction: CopyDirection, _ address: UInt64, _ count: UInt64, _ succeeded: Bool,
    _ processes: ProcessTable
  ) {
    guard let process = processes[pid], process.imageSize != nil else { return }
    // exec() writes to a new stack that does not belong to the process yet.
    if direction == .copyout, process.call?.name == "exec" { return }
    if !succeeded {
      if let candidate = copies.removeValue(forKey: pid) { judge(candidate, process, processes) }
    } else if count > 0 {
      let region = Region(of: address, in: process, size: process.size)
      // Bytes in the same page as the process's last byte may be copied with it.
      let isOwnPage = address < PGROUNDUP(process.size) && region != .guardPage && region != .givenBack
      guard !region.isReachable, !isOwnPage else { return }
      let report = FaultReport(
        kind: .copy, pid: pid, program: process.program, call: process.call?.name,
        access: direction == .copyout ? .store : .load, address: address, repetitions: 1, region: region,
        size: process.size, response: .copied, expected: .refuseCopy)
      judge(Candidate(report: report, code: process.caller), process, processes)
    }
  }

  // How the report is chosen.

  /// Keeps the candidate if the kernel did not do what the lab expects, and if the process belongs to the
  /// test.
  private mutating func judge(
    _ candidate: Candidate, _ process: ProcessTable.Process, _ processes: ProcessTable
  ) {
    guard let expected = candidate.report.expected, !expected.isMet(by: candidate.report.response),
      Self.concerns(process, processes)
    else { return }
    astray = candidate
  }

  private static func concerns(_ process: ProcessTable.Process, _ processes: ProcessTable) -> Bool {
    process.isOfTest || processes.testProcess == nil
  }

  private mutating func panic(
    _ panic: FaultReport.Panic, _ pid: Int32, _ program: String, _ activity: KernelActivity,
    _ processes: ProcessTable
  ) {
    if activity == .pageFault, faults[pid]?.report.response == .nothing {
      answer(pid, .panicked, processes)
      panicked = faults[pid]
      panicked?.report.panic = panic
      return
    }
    let process = processes[pid] ?? .init(pid: pid)
    var report = FaultReport(
      kind: .panic, pid: pid, program: process.program.isEmpty ? program : process.program, repetitions: 1,
      size: process.size, response: .panicked, panic: panic, expected: .survive)
    if case .systemCall(let name) = activity {
      report.call = name
      if let address = process.call?.pointer, process.imageSize != nil {
        let region = Region(of: address, in: process, size: process.size)
        if !region.isImage {
          report.address = address
          report.region = region
        }
      }
    }
    panicked = Candidate(report: report, code: report.call == nil ? nil : process.caller)
  }

  /// The report, with the facts from the program's file added.
  private func completed(_ candidate: Candidate) -> FaultReport {
    var report = candidate.report
    report.place = candidate.code.flatMap { library.place(of: $0, in: report.program) }
    if report.region == .image, let address = report.address {
      report.region = library.region(of: address, in: report.program)
    }
    return report
  }
}

extension Region {
  /// Whether a program may pass an address in this region to a system call.
  var isReachable: Bool {
    switch self {
    case .text, .data, .image, .stack, .heap, .belowSize, .promised: true
    case .guardPage, .givenBack, .atSize, .aboveSize, .trapframe, .trampoline, .beyondMAXVA: false
    }
  }

  /// Whether `exec` made this region for the program to use.
  var isImage: Bool {
    switch self {
    case .text, .data, .image, .stack: true
    default: false
    }
  }
}

extension ProcessTable.Process {
  /// An address inside the call instruction to the library's stub, through which the program called the
  /// kernel.
  fileprivate var caller: UInt64? {
    call.flatMap { $0.arguments.returnAddress > 0 ? $0.arguments.returnAddress - 1 : nil }
  }
}

extension ProcessTable.Call {
  /// The address that the program gave the kernel to fill or to read from; nil if the call has none.
  fileprivate var pointer: UInt64? {
    switch name {
    case "read", "write", "fstat": arguments.a1
    case "pipe": arguments.a0
    case "wait": arguments.a0 == 0 ? nil : arguments.a0
    default: nil
    }
  }
}

extension KernelActivity {
  /// What the kernel was doing, in the words of the reports.
  var phrase: String {
    switch self {
    case .boot: "at boot"
    case .systemCall(let name): "in \(name)()"
    case .pageFault: "in a page fault"
    case .trap: "in a trap"
    }
  }
}

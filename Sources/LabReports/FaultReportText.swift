import HostSupport
import LabEvents
import LabModel
import Sv39MMU

/// A fault report in words: rows with a label each, in reading order.
enum FaultReportText {
  static func rows(_ report: FaultReport, _ feedback: Feedback) -> [LabelledText] {
    let isBrief = feedback == .student
    var rows = [LabelledText("who", who(report)), LabelledText("what", what(report, registers: !isBrief))]
    if let place = whereabouts(report) {
      let found = isBrief ? finding(report) : nil
      rows.append(.init("where", [place, found].compactMap { $0 }.joined(separator: "; ")))
    }
    if !isBrief { rows += walk(report) }
    rows.append(.init("then", then(report, chain: !isBrief)))
    // After a panic, "the kernel does not panic" says little. A brief report leaves it out, so that the
    // reader gets what the test expects instead, which says more.
    if let expected = expected(report), !isBrief || report.kind != .panic {
      rows.append(.init("expected", expected))
    }
    if feedback == .full, let registers = report.registers {
      rows.append(.init("registers", text(registers, size: report.size)))
    }
    return rows
  }

  private static func who(_ report: FaultReport) -> String {
    if report.pid == 0 && report.program.isEmpty { return "the kernel itself" }
    var text = "\(report.program.isEmpty ? "a program" : report.program) (pid \(report.pid))"
    if let place = report.place { text += ", in \(self.place(place))" }
    return text
  }

  private static func what(_ report: FaultReport, registers: Bool) -> String {
    let times = report.repetitions > 1 ? ", \(grouped(UInt64(report.repetitions))) times in a row" : ""
    let call = report.call.map { "\($0)()" } ?? "a system call"
    switch report.kind {
    case .fault:
      let (noun, verb) = words(report.access)
      guard registers, let found = report.registers else {
        return "\(verb) \(address(report))\(times)"
      }
      return
        "\(noun) page fault at \(address(report)) (scause \(found.scause), stval \(hex(found.stval)))\(times)"
    case .copy:
      let verb = report.access == .store ? "wrote to" : "read from"
      return "the kernel, for \(call), \(verb) \(address(report))"
    case .panic:
      let given = report.address.map { " with \(hex($0))" } ?? ""
      return report.call == nil ? report.panic?.activity ?? "" : "called \(call)\(given)"
    }
  }

  /// Where the address lies; nil if the report has no region.
  private static func whereabouts(_ report: FaultReport) -> String? {
    let size = "sz (\(hex(report.size)))"
    switch report.region {
    case nil: return nil
    case .text: return "in the program's code"
    case .data: return "in the program's data"
    case .image: return "in the program's code or data"
    case .guardPage: return "in the guard page, below the stack"
    case .stack: return "in the page of the stack"
    case .heap: return "in the heap, below \(size)"
    case .promised: return "above \(size), though sbrk() answered that it is the program's"
    case .givenBack: return "below \(size), though the program has given it back with sbrk()"
    case .belowSize: return "below \(size)"
    case .atSize: return "exactly at sz, the first address that is not the program's"
    case .aboveSize: return "above \(size)"
    case .trapframe: return "in the page of the trapframe, which is the kernel's"
    case .trampoline: return "in the page of the trampoline, which is the kernel's"
    case .beyondMAXVA: return "at or beyond MAXVA (\(hex(MAXVA))), where no address space reaches"
    }
  }

  /// The result of the walk, in a few words.
  private static func finding(_ report: FaultReport) -> String? {
    guard case .fault(let fault)? = report.walk?.result, report.region != .beyondMAXVA else { return nil }
    if fault.isMissing { return "nothing is mapped there" }
    if case .supervisorPage = fault { return "it is mapped, but not for the program (U clear)" }
    return "it is mapped, but \(fault)"
  }

  private static func walk(_ report: FaultReport) -> [LabelledText] {
    guard let walk = report.walk else { return [] }
    var lines = walk.steps.map { step in
      let target = step.entry.v ? "\(hex(step.entry.pa)), " : ""
      return "level \(step.level), entry \(step.index) at \(hex(step.address)): "
        + "\(target)\(step.entry.flags.spelledOut)"
    }
    switch walk.result {
    case .fault(let fault): lines.append("so: \(fault)")
    case .translated(let found): lines.append("so: it is \(hex(found.physicalAddress)), and allowed")
    }
    return lines.enumerated().map { LabelledText($0.offset == 0 ? "walk" : "", $0.element) }
  }

  private static func then(_ report: FaultReport, chain: Bool) -> String {
    let call = report.call.map { "\($0)()" } ?? "the system call"
    switch report.response {
    case .mapped:
      let later = report.panic.map { "; later it \(panicked($0, chain: chain))" } ?? ""
      return "the kernel mapped a page and went back to the program\(later)"
    case .resumed: return "the kernel went back to the program, with no page there that it may use"
    case .killed: return "the kernel killed the process"
    case .refused: return "the kernel gave the copy up, and \(call) failed"
    case .copied: return "the copy succeeded"
    case .nothing: return "the run ended before the kernel did anything about it"
    case .panicked: return "the kernel " + (report.panic.map { panicked($0, chain: chain) } ?? "panicked")
    }
  }

  private static func panicked(_ panic: FaultReport.Panic, chain: Bool) -> String {
    let places = panic.callers.prefix(chain ? panic.callers.count : 1).map(place)
    let from = places.isEmpty ? "" : " in \(places.joined(separator: ", called by "))"
    return "panicked (\(panic.text))\(from)"
  }

  private static func expected(_ report: FaultReport) -> String? {
    let call = report.call.map { "\($0)()" } ?? "the system call"
    switch report.expected {
    case nil: return nil
    case .mapZeroedPage: return "a page of zeroes is mapped there, and the instruction runs again"
    case .mapAndCopy: return "a page of zeroes is mapped there, and \(call) goes on"
    case .kill: return "the process is killed, and nothing else is harmed"
    case .killOutOfMemory: return "no page is left: the process is killed, and nothing else is harmed"
    case .refuseCopy: return "\(call) answers -1, and nothing is harmed"
    case .refuseOutOfMemory: return "no page is left: \(call) answers -1, and nothing is harmed"
    case .isMapped: return "the page is there from exec() on, and in every child: no fault comes"
    case .isAllowed: return "the page is the program's to use: no fault comes"
    case .survive: return "the kernel does not panic, whatever a program does"
    }
  }

  private static func text(_ registers: FaultReport.Registers, size: UInt64) -> String {
    "scause \(hex(registers.scause)), stval \(hex(registers.stval)), sepc \(hex(registers.sepc)), "
      + "sp \(hex(registers.sp)), sz \(hex(size))"
  }

  private static func words(_ access: Access?) -> (noun: String, verb: String) {
    switch access {
    case .fetch: ("instruction", "fetched an instruction from")
    case .load: ("load", "loaded from")
    default: ("store", "stored to")
    }
  }

  private static func place(_ place: SourcePlace) -> String {
    guard let file = place.file else { return "\(place.function)()" }
    return "\(place.function)() at \(file)" + (place.line.map { ":\($0)" } ?? "")
  }

  private static func address(_ report: FaultReport) -> String {
    report.address.map { hex($0) } ?? "an address"
  }
}

import LabEvents
import LabModel
import Sv39MMU

/// A diagnosis in its JSON form: flat, with addresses as `0x` and hexadecimal digits.
struct JSONDiagnosis: Codable {
  var fault: Fault?
  /// The mistakes, the most likely one first.
  var mistakes: [Mistake]
  /// The reason why nothing, or not everything, could be found out.
  var gap: String?

  /// A number that is meant as an address or as bits.
  struct Hexadecimal: Codable {
    var value: UInt64

    init(_ value: UInt64) { self.value = value }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      guard text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 0x and digits")
      }
      self.value = value
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(hex(value))
    }
  }

  struct Fault: Codable {
    var kind: FaultReport.Kind
    var pid: Int32
    var program: String
    var place: SourcePlace?
    var call: String?
    /// `fetch`, `load` or `store`.
    var access: String?
    var address: Hexadecimal?
    var scause: Hexadecimal?
    var stval: Hexadecimal?
    var sepc: Hexadecimal?
    var sp: Hexadecimal?
    var repetitions: Int
    var region: Region?
    var size: Hexadecimal
    var walk: Walk?
    var response: FaultReport.Response
    var panic: FaultReport.Panic?
    var expected: LabExpectation?
  }

  struct Walk: Codable {
    var steps: [Step]
    /// The result of the walk, in words.
    var answer: String
    /// The same result as a value.
    var result: WalkResult
  }

  struct Step: Codable {
    var level: Int
    var index: Int
    /// The physical address of the entry, and the entry itself.
    var address: Hexadecimal
    var entry: Hexadecimal
    /// The entry's flags, in words.
    var flags: String
  }
}

extension JSONDiagnosis {
  init(_ diagnosis: Diagnosis) {
    self.init(
      fault: diagnosis.fault.map(Fault.init), mistakes: diagnosis.mistakes, gap: diagnosis.gap)
  }

  var diagnosis: Diagnosis { Diagnosis(fault: fault?.report, mistakes: mistakes, gap: gap) }
}

extension JSONDiagnosis.Fault {
  fileprivate init(_ report: FaultReport) {
    self.init(
      kind: report.kind, pid: report.pid, program: report.program, place: report.place, call: report.call,
      access: report.access?.word, address: report.address.map { .init($0) },
      scause: report.registers.map { .init($0.scause) }, stval: report.registers.map { .init($0.stval) },
      sepc: report.registers.map { .init($0.sepc) }, sp: report.registers.map { .init($0.sp) },
      repetitions: report.repetitions, region: report.region, size: .init(report.size),
      walk: report.walk.map(JSONDiagnosis.Walk.init), response: report.response, panic: report.panic,
      expected: report.expected)
  }

  fileprivate var report: FaultReport {
    let registers: FaultReport.Registers? =
      if let scause, let stval, let sepc, let sp {
        .init(scause: scause.value, stval: stval.value, sepc: sepc.value, sp: sp.value)
      } else {
        nil
      }
    let access = Access.allCases.first { $0.word == self.access }
    return FaultReport(
      kind: kind, pid: pid, program: program, place: place, call: call, access: access,
      address: address?.value, registers: registers, repetitions: repetitions, region: region,
      size: size.value, walk: walk?.walk(va: address?.value ?? 0, access: access ?? .load),
      response: response, panic: panic, expected: expected)
  }
}

extension JSONDiagnosis.Walk {
  fileprivate init(_ walk: PageWalk) {
    let steps = walk.steps.map { step in
      JSONDiagnosis.Step(
        level: step.level, index: step.index, address: .init(step.address),
        entry: .init(step.entry.rawValue), flags: step.entry.flags.spelledOut)
    }
    let answer =
      switch walk.result {
      case .fault(let fault): "\(fault)"
      case .translated: "translated"
      }
    self.init(steps: steps, answer: answer, result: walk.result)
  }

  fileprivate func walk(va: UInt64, access: Access) -> PageWalk {
    let steps = self.steps.map { step in
      PageWalk.Step(
        level: step.level, index: step.index, address: step.address.value,
        entry: PTE(rawValue: step.entry.value))
    }
    return PageWalk(va: va, access: access, privilege: .user, steps: steps, result: result)
  }
}

extension Access {
  fileprivate var word: String {
    switch self {
    case .fetch: "fetch"
    case .load: "load"
    case .store: "store"
    }
  }
}

import LabPrograms
import ObjectFile

extension FuzzTarget {
  /// The debug information of an ELF file: functions, lines, types, globals, call frames.
  static let dwarf = FuzzTarget(
    name: "dwarf", maxLength: 32768,
    seeds: {
      let programs = LabPrograms.programs(for: "lazy").map(\.elf)
      let guests = ["bad-panic", "isa-pass"].compactMap { LabPrograms.guest($0) }
      return (programs + guests).filter { $0.count <= 32768 }.sorted { $0.count < $1.count }.suffix(3)
        + programs.sorted { $0.count < $1.count }.prefix(1)
    },
    check: { bytes in
      guard let elf = try? ELF(parsing: bytes) else { return }
      let map = CodeMap(elf)
      try promise(
        (map.debugInfo == nil) == (map.problem != nil), "debug information is read, or it is said why not")
      for address in [elf.header.entry, 0, .max] {
        guard let location = map.location(of: address) else { continue }
        try promise(!location.frames.isEmpty, "an address is in a function")
      }
      guard let info = map.debugInfo else { return }
      try promiseSame(answers(of: info), answers(of: DebugInfo(elf)), "the answers, read twice")
    })

  private static func answers(of info: DebugInfo) throws -> [String] {
    var answers: [String] = []
    for function in info.functions.prefix(64) {
      answers.append("\(function)")
      try promise(
        function.addresses.allSatisfy { $0.lowerBound <= $0.upperBound },
        "a function ends behind its beginning")
      for address in [function.entry, function.entry &+ 4, function.prologueEnd ?? function.entry] {
        answers += info.location(of: address)?.frames.map(\.description) ?? []
        let frame = CallFrame(pc: address, ra: .max, sp: .max - 8, s0: 8)
        answers.append("\(String(describing: info.caller(of: frame) { $0 }))")
      }
      try promise(
        info.functions(named: function.name).allSatisfy { $0.name == function.name },
        "a function found by its name has it")
    }
    for name in ["proc", "guest", "s"] {
      guard let layout = info.layout(ofStruct: name) else { continue }
      for member in layout.members.prefix(64) {
        answers.append("\(name).\(member.name) \(member.offset) \(member.type)")
        answers.append("\(String(describing: info.layout(of: member.type)))")
      }
    }
    for name in ["stack", "panicked"] { answers.append("\(String(describing: info.global(named: name)))") }
    return answers
  }
}

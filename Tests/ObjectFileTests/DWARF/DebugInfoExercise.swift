import ObjectFile

/// Asks debug information every question that it can answer.
enum DebugInfoExercise {
  /// Reads the sections and asks about them, if they can be read.
  static func run(_ sections: [DWARF.Section: [UInt8]]) {
    guard let info = try? DebugInfo(sections: sections) else { return }
    _ = answers(of: info)
  }

  /// Every answer to a few dozen questions, as text.
  static func answers(of info: DebugInfo) -> [String] {
    var answers: [String] = []
    for function in info.functions.prefix(64) {
      answers.append("\(function)")
      let entry = function.entry
      for address in [entry, function.prologueEnd ?? entry, entry &- 1, function.addresses[0].upperBound] {
        answers += info.location(of: address)?.frames.map(\.description) ?? []
        _ = info.isOutsideFrame(address)
        let frame = CallFrame(pc: address, ra: .max, sp: .max - 8, s0: 8)
        _ = info.caller(of: frame) { $0 }
      }
      answers += info.functions(named: function.name).prefix(4).map(\.name)
    }
    for address in [0, 0x8000_0000, .max] as [UInt64] {
      answers += info.location(of: address)?.frames.map(\.description) ?? []
    }
    for name in ["proc", "inode", "s", "uint64"] {
      guard let layout = info.layout(ofStruct: name) else { continue }
      for member in layout.members.prefix(64) {
        answers.append("\(name).\(member.name) \(member.offset) \(member.type)")
        _ = info.layout(of: member.type)
        _ = info.member(member.name + ".x", ofStruct: name)
      }
    }
    for name in ["procs", "me", "panicked", "stack"] {
      answers += info.global(named: name).map { ["\(name) \($0.address) \($0.type)"] } ?? []
    }
    answers += info.constants(ofEnum: "procstate")?.map(\.name) ?? []
    _ = info.enumConstant(named: "ZOMBIE")
    return answers
  }
}

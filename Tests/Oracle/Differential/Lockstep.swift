import Foundation
import RV64

/// One program on both machines, an instruction at a time, to find the first that does something else.
struct Lockstep {
  /// What a machine held before an instruction of the program.
  struct Step: Equatable {
    var pc: UInt64
    var registers: [UInt64]
  }

  /// The place at which the machines differ for the first time.
  struct Parting: CustomStringConvertible {
    /// The last instruction before which they agreed.
    var pc: UInt64
    var instruction: UInt32
    var own: Step?
    var oracle: Step?

    var description: String {
      let text = disassemble(instruction, at: pc)
      var lines = ["after \(text) at 0x\(String(pc, radix: 16)):"]
      guard let own, let oracle else {
        return lines[0] + " only \(own == nil ? "QEMU" : "this hart") goes on"
      }
      func line(_ name: String, _ mine: UInt64, _ theirs: UInt64) {
        if mine != theirs {
          lines.append("  \(name): 0x\(String(mine, radix: 16)) here, 0x\(String(theirs, radix: 16)) in QEMU")
        }
      }
      line("pc", own.pc, oracle.pc)
      for n in 0..<32 { line(registerNames[n], own.registers[n], oracle.registers[n]) }
      return lines.joined(separator: "\n")
    }
  }

  /// A program that never ends makes a log that never ends.
  private static let longestLog = 64 << 20

  /// Nil if registers and pc agree before every instruction of the program.
  static func firstDifference(
    of program: Program, slot n: Int, with oracle: QEMU
  ) throws(DifferentialError) -> Parting? {
    let machine = try OwnMachine()
    let image = try RAMFile()
    let slot = Layout.slot(n)
    program.place(at: slot, in: machine.memory)
    machine.setHeader(n..<n + 1)
    for (start, size) in [(Layout.ramBase, Layout.header + 16 - Layout.ramBase), (slot, Layout.slotSize)] {
      guard let pointer = machine.memory.pointer(start, count: Int(size)) else { continue }
      try image.write(start, UnsafeRawBufferPointer(start: pointer, count: Int(size)))
    }
    let log = image.path + ".log"
    defer { unlink(log) }
    _ = try oracle.run(image, patience: 2, log: ["-singlestep", "-d", "nochain,cpu", "-D", log])

    let code = machine.memory.load64(slot + Layout.codeVA)
    let range = code...(code &+ Layout.codeSize - 1)
    var theirs: [Step] = []
    if let file = FileHandle(forReadingAtPath: log), let bytes = try? file.read(upToCount: Self.longestLog) {
      theirs = steps(inLog: String(decoding: bytes, as: UTF8.self), range)
    }
    var ours: [Step] = []
    _ = machine.step(slot: n, budget: program.budget + 100_000) { hart in
      if range.contains(hart.pc) {
        note(Step(pc: hart.pc, registers: (0..<32).map { hart.register($0) }), &ours)
      }
    }
    for at in 0..<max(ours.count, theirs.count) {
      let (a, b) = (at < ours.count ? ours[at] : nil, at < theirs.count ? theirs[at] : nil)
      if a == b { continue }
      let pc = at > 0 ? ours[at - 1].pc : code
      return Parting(
        pc: pc, instruction: machine.memory.load32(slot + Layout.code + (pc &- code)), own: a, oracle: b)
    }
    return nil
  }

  /// An instruction before which a machine took an interrupt, or which it began again, counts once.
  private static func note(_ step: Step, _ steps: inout [Step]) {
    if steps.last != step { steps.append(step) }
  }

  /// The states in a log of QEMU's (`-d cpu`) whose pc is in `range`.
  static func steps(inLog text: String, _ range: ClosedRange<UInt64>) -> [Step] {
    var steps: [Step] = []
    var pc: UInt64?
    var registers: [UInt64] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let first = words.first else { continue }
      if first == "pc", words.count > 1 {
        pc = UInt64(words[1], radix: 16)
        registers = []
      } else if first.hasPrefix("x"), first.contains("/"), let here = pc, range.contains(here) {
        for at in stride(from: 1, to: words.count, by: 2) {
          registers.append(UInt64(words[at], radix: 16) ?? 0)
        }
        if registers.count == 32 { note(Step(pc: here, registers: registers), &steps) }
      }
    }
    return steps
  }
}

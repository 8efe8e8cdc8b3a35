/// The register names of the ABI, x0 first.
package let registerNames = [
  "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6",
  "a7",
  "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
]

/// One instruction as objdump writes it: `addi sp,sp,-32`. If bits 1...0 are not both set, only the low 16
/// bits count, and the text is that of the 32-bit instruction that it stands for. Targets of jumps and
/// branches are absolute; `pc` is the address of the instruction. An encoding that is no instruction is
/// written as data: `.short 0x0000`.
package func disassemble(_ bits: UInt32, at pc: UInt64) -> String {
  Disassembly(bits, at: pc).text
}

private struct Disassembly {
  let bits: UInt32
  let pc: UInt64
  let instruction: DecodedInstruction

  init(_ bits: UInt32, at pc: UInt64) {
    self.bits = bits
    self.pc = pc
    instruction = .decode(bits)
  }

  private var rd: String { registerNames[Int(instruction.rd)] }
  private var rs1: String { registerNames[Int(instruction.rs1)] }
  private var rs2: String { registerNames[Int(instruction.rs2)] }
  private var immediate: Int64 { instruction.immediate }
  private var target: String { hex(pc &+ UInt64(bitPattern: immediate)) }

  private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

  private func padded(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: digits - text.count) + text
  }

  var text: String {
    guard let entry = InstructionTable.entry(for: instruction.operation) else {
      return instruction.length == 2
        ? ".short " + padded(bits & 0xFFFF, digits: 4) : ".word " + padded(bits, digits: 8)
    }
    if let short = pseudoinstruction { return short }
    let name = String(describing: entry.mnemonic)
    let operands = operands(entry.format)
    return operands.isEmpty ? name + suffix(entry.format) : "\(name)\(suffix(entry.format)) \(operands)"
  }

  private func operands(_ format: Format) -> String {
    switch format {
    case .r, .mopRR: "\(rd),\(rs1),\(rs2)"
    case .unary, .mopR: "\(rd),\(rs1)"
    case .i, .shift, .shiftWord: "\(rd),\(rs1),\(immediate)"
    case .load: "\(rd),\(immediate)(\(rs1))"
    case .s: "\(rs2),\(immediate)(\(rs1))"
    case .b: "\(rs1),\(rs2),\(target)"
    case .u: "\(rd),\(hex(UInt64(bitPattern: immediate) >> 12 & 0xFFFFF))"
    case .j: "\(rd),\(target)"
    case .amo: "\(rd),\(rs2),(\(rs1))"
    case .loadReserved: "\(rd),(\(rs1))"
    case .fence: fenceSets
    case .csr: "\(rd),\(csrName),\(rs1)"
    case .csrImmediate: "\(rd),\(csrName),\(instruction.rs1)"
    case .addressFence: instruction.rs2 == 0 ? (instruction.rs1 == 0 ? "" : rs1) : "\(rs1),\(rs2)"
    case .cacheBlock: "(\(rs1))"
    case .fixed: ""
    }
  }

  /// `.aq`, `.rl` or `.aqrl`, of an AMO; the number, of an instruction of Zimop.
  private func suffix(_ format: Format) -> String {
    switch format {
    case .mopR, .mopRR: ".\(immediate)"
    case .amo, .loadReserved: ["", ".rl", ".aq", ".aqrl"][Int(bits >> 25 & 3)]
    default: ""
    }
  }

  private var csrName: String {
    CSR(rawValue: UInt16(truncatingIfNeeded: immediate))?.name ?? hex(UInt64(bitPattern: immediate))
  }

  /// `rw,rw`, the predecessor and the successor set; nothing for the full fence.
  private var fenceSets: String {
    if instruction.operation == .fenceI || immediate == 0xFF { return "" }
    func set(_ bits: Int64) -> String {
      let letters = zip("iorw", [8, 4, 2, 1]).filter { bits & $0.1 != 0 }.map { String($0.0) }.joined()
      return letters.isEmpty ? "0" : letters
    }
    return "\(set(immediate >> 4)),\(set(immediate))"
  }

  /// The assembler's shorter word for a special case of an instruction (unprivileged specification, "RISC-V
  /// Assembly Programmer's Handbook"), or nil.
  private var pseudoinstruction: String? {
    let (rdIsZero, rs1IsZero, rs2IsZero) = (instruction.rd == 0, instruction.rs1 == 0, instruction.rs2 == 0)
    switch instruction.operation {
    case .addi where rdIsZero && rs1IsZero && immediate == 0: return "nop"
    case .addi where rs1IsZero: return "li \(rd),\(immediate)"
    case .addi where immediate == 0: return "mv \(rd),\(rs1)"
    case .add where rs1IsZero && !rdIsZero && instruction.length == 2: return "mv \(rd),\(rs2)"
    case .ori where rdIsZero && [0, 1, 3].contains(immediate & 31):
      // Zicbop. The low five bits are those of rs2, which say what is prefetched for.
      let name = immediate & 31 == 0 ? "i" : immediate & 31 == 1 ? "r" : "w"
      return "prefetch.\(name) \(immediate & ~31)(\(rs1))"
    case .fence where bits == 0x0100_000F: return "pause"
    case .addUw where rs2IsZero: return "zext.w \(rd),\(rs1)"
    case .xori where immediate == -1: return "not \(rd),\(rs1)"
    case .andi where immediate == 255: return "zext.b \(rd),\(rs1)"
    case .sub where rs1IsZero: return "neg \(rd),\(rs2)"
    case .subw where rs1IsZero: return "negw \(rd),\(rs2)"
    case .addiw where immediate == 0: return "sext.w \(rd),\(rs1)"
    case .sltiu where immediate == 1: return "seqz \(rd),\(rs1)"
    case .sltu where rs1IsZero: return "snez \(rd),\(rs2)"
    case .slt where rs2IsZero: return "sltz \(rd),\(rs1)"
    case .slt where rs1IsZero: return "sgtz \(rd),\(rs2)"
    case .beq where rs2IsZero: return "beqz \(rs1),\(target)"
    case .bne where rs2IsZero: return "bnez \(rs1),\(target)"
    case .bge where rs1IsZero: return "blez \(rs2),\(target)"
    case .bge where rs2IsZero: return "bgez \(rs1),\(target)"
    case .blt where rs2IsZero: return "bltz \(rs1),\(target)"
    case .blt where rs1IsZero: return "bgtz \(rs2),\(target)"
    case .jal where rdIsZero: return "j \(target)"
    case .jal where instruction.rd == 1: return "jal \(target)"
    case .jalr where rdIsZero && instruction.rs1 == 1 && immediate == 0: return "ret"
    case .jalr where rdIsZero: return "jr \(jumpOperand)"
    case .jalr where instruction.rd == 1: return "jalr \(jumpOperand)"
    case .jalr where immediate == 0: return "jalr \(rd),\(rs1)"
    case .csrrs where rs1IsZero: return counterRead ?? "csrr \(rd),\(csrName)"
    case .csrrw where rdIsZero: return "csrw \(csrName),\(rs1)"
    case .csrrs where rdIsZero: return "csrs \(csrName),\(rs1)"
    case .csrrc where rdIsZero: return "csrc \(csrName),\(rs1)"
    case .csrrwi where rdIsZero: return "csrwi \(csrName),\(instruction.rs1)"
    case .csrrsi where rdIsZero: return "csrsi \(csrName),\(instruction.rs1)"
    case .csrrci where rdIsZero: return "csrci \(csrName),\(instruction.rs1)"
    default: return nil
    }
  }

  private var jumpOperand: String { immediate == 0 ? rs1 : "\(immediate)(\(rs1))" }

  private var counterRead: String? {
    switch CSR(rawValue: UInt16(truncatingIfNeeded: immediate)) {
    case .cycle: "rdcycle \(rd)"
    case .time: "rdtime \(rd)"
    case .instret: "rdinstret \(rd)"
    default: nil
    }
  }
}

/// What an instruction does: one case for each meaning, whatever its encoding (`c.addi` and `addi` are one
/// operation). `InstructionTable` says how each is written in memory, `Hart.execute` what it does.
package enum Operation: UInt8, Sendable, CaseIterable {
  // RV64I: constants, jumps, branches.
  case lui, auipc, jal, jalr
  case beq, bne, blt, bge, bltu, bgeu
  // RV64I: loads and stores.
  case lb, lh, lw, ld, lbu, lhu, lwu
  case sb, sh, sw, sd
  // RV64I: a register and a constant.
  case addi, slti, sltiu, xori, ori, andi, slli, srli, srai
  case addiw, slliw, srliw, sraiw
  // RV64I: two registers.
  case add, sub, sll, slt, sltu, xor, srl, sra, or, and
  case addw, subw, sllw, srlw, sraw
  // M: multiplication and division.
  case mul, mulh, mulhsu, mulhu, div, divu, rem, remu
  case mulw, divw, divuw, remw, remuw
  // A: words.
  case lrW, scW
  case amoswapW, amoaddW, amoxorW, amoandW, amoorW, amominW, amomaxW, amominuW, amomaxuW
  // A: doublewords.
  case lrD, scD
  case amoswapD, amoaddD, amoxorD, amoandD, amoorD, amominD, amomaxD, amominuD, amomaxuD
  // Ordering.
  case fence, fenceI
  // Zicsr.
  case csrrw, csrrs, csrrc, csrrwi, csrrsi, csrrci
  // The privileged architecture.
  case ecall, ebreak, sret, mret, wfi, sfenceVma

  /// An encoding that means nothing here; the record's immediate holds its bits.
  case illegal
  /// Not an instruction: the end of a block that falls through to the next address.
  case endOfBlock
}

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

  // What follows are no instructions: they stand in blocks only.

  /// The end of a block that falls through to the next address.
  case endOfBlock
  /// Before a block that is a byte loop: the immediate is the address of its `ByteLoop`.
  case byteLoop
  /// Before a block of one probed instruction: the immediate is its physical address.
  case probe
  /// Branches and ends whose target has been found in the same page: the immediate is its block's address.
  case linkedBeq, linkedBne, linkedBlt, linkedBge, linkedBltu, linkedBgeu, linkedEnd
  /// A jump without a link to what follows it in the block (`FollowedJumps`).
  case followedJal
  /// `csrr rd, sstatus` and `csrw sstatus, rs1`.
  case statusRead, statusWrite
  /// A CSR instruction on a register that is nothing but its contents; rs2 holds the operation that it was.
  case plainCSR
  /// `ld` or `sd` with the next record the same on the same base: a function's registers, saved and restored.
  case ldRun, sdRun
  /// `addi`, a run of `sd` on what it has computed, `addi`; a run of `ld`, `addi`, `jalr`.
  case prologue, epilogue
  /// Several instructions at once, all but the first of which follow in the block: `Fusion`.
  case addiAddi, addiAddiAddi, addiAddiAddiAddi, addiAuipc, addiAuipcAuipc, addiAuipcJal, auipcAuipc,
    auipcAuipcAdd, auipcJal, slliAuipc, slliAuipcAuipc
  case slliAdd, andiSlli, andiSlliAdd, srlAndi, srlAndiSlliAdd, srliSlli, slliSrai, sraiAnd, andXor, xorMul,
    srliXor, mulSrli, addiwSlli, addiAddiw, addiAddiwSlli, addiwAddi, addiwAddiw, xorSrli, xorSrliw,
    srliwAddiw, subSltiu
  case addLd, addiSd, addiLd, ldLd, ldAddi, ldAddiJalr, ldAndi, ldAndiBeq, lwAddiwSw, sdSd, sdAddi
  case addBgeu, addiBeq, addiBne, addiBlt, andiBeq, andiBne, addiwBeq, srliBne, srliSlliAddiwBeq, lwBeq,
    lwBne, lwBge, lwBgeu, swBne, addiJalr
  case ldAuipcJal, addiwAddiwSwBne, lwBeqAuipcJal
  /// What xv6's kernel does all the time: a level of `walk`, `&cpus[r_tp()]`, `intr_off` after `intr_get`.
  case walkStep, cpuAddress, interruptsOff
  case statusReadAndi, statusReadAndiBne, statusReadAndiStatusWrite
}

extension Operation {
  /// Whether it is the meaning of some encoding.
  package var isInstruction: Bool { rawValue < Operation.illegal.rawValue }

  /// What this becomes once its target, in the same page, has been found; nil where it goes nowhere by itself.
  var linked: Operation? {
    switch self {
    case .beq: .linkedBeq
    case .bne: .linkedBne
    case .blt: .linkedBlt
    case .bge: .linkedBge
    case .bltu: .linkedBltu
    case .bgeu: .linkedBgeu
    case .endOfBlock: .linkedEnd
    default: nil
    }
  }

  /// Whether it is a branch whose target has been found.
  @inline(__always) var isLinked: Bool {
    rawValue >= Operation.linkedBeq.rawValue && rawValue <= Operation.linkedBgeu.rawValue
  }
}

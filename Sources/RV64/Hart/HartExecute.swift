import Sv39MMU

/// Why `Hart.execute` returned.
enum ExecuteResult {
  /// `retired` has reached the limit.
  case limit
  /// The instruction at `pc` trapped.
  case trap
  /// An interrupt may have to be taken: call again.
  case resume
  /// The privilege mode or the address space may have changed, and no interrupt is to be taken.
  case next
  /// `wfi` was executed.
  case waiting
  /// The bus asks for the run to end.
  case bus
}

/// What every instruction does.
extension Hart {
  /// Runs blocks from `pc` on in the present privilege mode.
  ///
  /// This is the hot loop: what it needs at each instruction stands in locals, limits are looked at once a block, and
  /// nothing in it is allocated, retained or thrown. Whatever may change those locals returns `.resume`.
  mutating func execute(until limit: UInt64) -> ExecuteResult {
    let x = registers
    var loads = self.loads
    var jumps = self.jumps
    var pc = self.pc
    guard retired < limit else { return .limit }
    /// How many instructions may still retire.
    var left = limit &- retired
    /// The virtual address of the page that the block starts in.
    var page: UInt64 = 0
    var block = blocks.begin()
    var at: UnsafeMutablePointer<DecodedInstruction>
    /// The branch or end by which `pc` was reached.
    var origin: UnsafeMutablePointer<DecodedInstruction>?

    nextBlock: while left > 0 {
      let jump = jumps + JumpTable.index(pc)
      if jump.pointee.pc == pc, let known = jump.pointee.block {
        if let origin, origin.constant < PGSIZE { link(origin, of: block, to: known) }
        block = known
      } else {
        guard let found = findBlock(at: pc) else {
          self.pc = pc
          retired = limit &- left
          return .trap
        }
        block = found
      }
      origin = nil
      page = pc & ~4095

      linked: while true {
        at = block.entry
        if UInt64(block.pointee.count) > left {
          guard left > 0 else {
            pc = page &+ (block.pointee.ramOffset & 4095)
            break nextBlock
          }
          at = blocks.beginning(of: block, count: left)
        }

        // Ways out, each with `at` the last instruction that retires: `break run` after `pc` has been set; `break jump`
        // for a `jalr`; `break taken` for a branch or jump, linked or not; `break follow` for what is linked; and
        // `break trapped` with `at` the instruction that traps.
        trapped: do {
          follow: do {
            taken: do {
              jump: do {
                var operation = at.pointee.operation
                run: while true {
                  switch operation {
                  case .lui:
                    x[at.rd] = at.constant
                  case .auipc:
                    x[at.rd] = page &+ at.constant
                  case .jal:
                    x[at.rd] = at.next(page)
                    pc = page &+ at.constant
                    break run
                  case .followedJal:
                    break
                  case .jalr:
                    break jump
                  case .beq:
                    if x[at.rs1] == x[at.rs2] { break taken }
                  case .linkedBeq:
                    if x[at.rs1] == x[at.rs2] { break follow }
                  case .bne:
                    if x[at.rs1] != x[at.rs2] { break taken }
                  case .linkedBne:
                    if x[at.rs1] != x[at.rs2] { break follow }
                  case .blt:
                    if Int64(bitPattern: x[at.rs1]) < Int64(bitPattern: x[at.rs2]) { break taken }
                  case .linkedBlt:
                    if Int64(bitPattern: x[at.rs1]) < Int64(bitPattern: x[at.rs2]) { break follow }
                  case .bge:
                    if Int64(bitPattern: x[at.rs1]) >= Int64(bitPattern: x[at.rs2]) { break taken }
                  case .linkedBge:
                    if Int64(bitPattern: x[at.rs1]) >= Int64(bitPattern: x[at.rs2]) { break follow }
                  case .bltu:
                    if x[at.rs1] < x[at.rs2] { break taken }
                  case .linkedBltu:
                    if x[at.rs1] < x[at.rs2] { break follow }
                  case .bgeu:
                    if x[at.rs1] >= x[at.rs2] { break taken }
                  case .linkedBgeu:
                    if x[at.rs1] >= x[at.rs2] { break follow }
                  case .lb:
                    guard let value = load(UInt8.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                    x[at.rd] = UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: value)))
                  case .lh:
                    guard let value = load(UInt16.self, x[at.rs1] &+ at.constant, loads) else {
                      break trapped
                    }
                    x[at.rd] = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: value)))
                  case .lw:
                    guard let value = load(UInt32.self, x[at.rs1] &+ at.constant, loads) else {
                      break trapped
                    }
                    x[at.rd] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
                  case .ld:
                    guard let value = load(UInt64.self, x[at.rs1] &+ at.constant, loads) else {
                      break trapped
                    }
                    x[at.rd] = value
                  case .lbu:
                    guard let value = load(UInt8.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                    x[at.rd] = value
                  case .lhu:
                    guard let value = load(UInt16.self, x[at.rs1] &+ at.constant, loads) else {
                      break trapped
                    }
                    x[at.rd] = value
                  case .lwu:
                    guard let value = load(UInt32.self, x[at.rs1] &+ at.constant, loads) else {
                      break trapped
                    }
                    x[at.rd] = value
                  case .sb:
                    let outcome = store(
                      UInt8(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                    if outcome != .done {
                      if outcome == .trap { break trapped }
                      pc = at.next(page)
                      break run
                    }
                  case .sh:
                    let outcome = store(
                      UInt16(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                    if outcome != .done {
                      if outcome == .trap { break trapped }
                      pc = at.next(page)
                      break run
                    }
                  case .sw:
                    let outcome = store(
                      UInt32(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                    if outcome != .done {
                      if outcome == .trap { break trapped }
                      pc = at.next(page)
                      break run
                    }
                  case .sd:
                    let outcome = store(
                      UInt64(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                    if outcome != .done {
                      if outcome == .trap { break trapped }
                      pc = at.next(page)
                      break run
                    }
                  case .addi:
                    x[at.rd] = x[at.rs1] &+ at.constant
                  case .slti:
                    x[at.rd] = Int64(bitPattern: x[at.rs1]) < at.pointee.immediate ? 1 : 0
                  case .sltiu:
                    x[at.rd] = x[at.rs1] < at.constant ? 1 : 0
                  case .xori:
                    x[at.rd] = x[at.rs1] ^ at.constant
                  case .ori:
                    x[at.rd] = x[at.rs1] | at.constant
                  case .andi:
                    x[at.rd] = x[at.rs1] & at.constant
                  case .slli:
                    x[at.rd] = x[at.rs1] &<< at.constant
                  case .srli:
                    x[at.rd] = x[at.rs1] &>> at.constant
                  case .srai:
                    x[at.rd] = UInt64(bitPattern: Int64(bitPattern: x[at.rs1]) &>> at.pointee.immediate)
                  case .addiw:
                    x[at.rd] = Self.word(x[at.rs1] &+ at.constant)
                  case .slliw:
                    x[at.rd] = Self.word(x[at.rs1] &<< at.constant)
                  case .srliw:
                    x[at.rd] = Self.word(UInt64(UInt32(truncatingIfNeeded: x[at.rs1])) &>> at.constant)
                  case .sraiw:
                    x[at.rd] = UInt64(
                      bitPattern: Int64(bitPattern: Self.word(x[at.rs1])) &>> at.pointee.immediate)
                  case .add:
                    x[at.rd] = x[at.rs1] &+ x[at.rs2]
                  case .sub:
                    x[at.rd] = x[at.rs1] &- x[at.rs2]
                  case .sll:
                    x[at.rd] = x[at.rs1] &<< x[at.rs2]
                  case .slt:
                    x[at.rd] = Int64(bitPattern: x[at.rs1]) < Int64(bitPattern: x[at.rs2]) ? 1 : 0
                  case .sltu:
                    x[at.rd] = x[at.rs1] < x[at.rs2] ? 1 : 0
                  case .xor:
                    x[at.rd] = x[at.rs1] ^ x[at.rs2]
                  case .srl:
                    x[at.rd] = x[at.rs1] &>> x[at.rs2]
                  case .sra:
                    x[at.rd] = UInt64(
                      bitPattern: Int64(bitPattern: x[at.rs1]) &>> Int64(bitPattern: x[at.rs2]))
                  case .or:
                    x[at.rd] = x[at.rs1] | x[at.rs2]
                  case .and:
                    x[at.rd] = x[at.rs1] & x[at.rs2]
                  case .addw:
                    x[at.rd] = Self.word(x[at.rs1] &+ x[at.rs2])
                  case .subw:
                    x[at.rd] = Self.word(x[at.rs1] &- x[at.rs2])
                  case .sllw:
                    x[at.rd] = Self.word(x[at.rs1] &<< (x[at.rs2] & 31))
                  case .srlw:
                    x[at.rd] = Self.word(UInt64(UInt32(truncatingIfNeeded: x[at.rs1])) &>> (x[at.rs2] & 31))
                  case .sraw:
                    x[at.rd] = UInt64(
                      bitPattern: Int64(bitPattern: Self.word(x[at.rs1]))
                        &>> Int64(bitPattern: x[at.rs2] & 31))
                  case .mul:
                    x[at.rd] = x[at.rs1] &* x[at.rs2]
                  case .mulh:
                    x[at.rd] = Arithmetic.mulh(x[at.rs1], x[at.rs2])
                  case .mulhsu:
                    x[at.rd] = Arithmetic.mulhsu(x[at.rs1], x[at.rs2])
                  case .mulhu:
                    x[at.rd] = Arithmetic.mulhu(x[at.rs1], x[at.rs2])
                  case .div:
                    x[at.rd] = Arithmetic.div(x[at.rs1], x[at.rs2])
                  case .divu:
                    x[at.rd] = Arithmetic.divu(x[at.rs1], x[at.rs2])
                  case .rem:
                    x[at.rd] = Arithmetic.rem(x[at.rs1], x[at.rs2])
                  case .remu:
                    x[at.rd] = Arithmetic.remu(x[at.rs1], x[at.rs2])
                  case .mulw:
                    x[at.rd] = Self.word(x[at.rs1] &* x[at.rs2])
                  case .divw:
                    x[at.rd] = Arithmetic.divw(x[at.rs1], x[at.rs2])
                  case .divuw:
                    x[at.rd] = Arithmetic.divuw(x[at.rs1], x[at.rs2])
                  case .remw:
                    x[at.rd] = Arithmetic.remw(x[at.rs1], x[at.rs2])
                  case .remuw:
                    x[at.rd] = Arithmetic.remuw(x[at.rs1], x[at.rs2])
                  case .lrW:
                    guard let value = loadReserved(x[at.rs1], 4) else { break trapped }
                    x[at.rd] = Self.word(value)
                  case .lrD:
                    guard let value = loadReserved(x[at.rs1], 8) else { break trapped }
                    x[at.rd] = value
                  case .scW:
                    let (outcome, failed) = storeConditional(x[at.rs1], 4, x[at.rs2])
                    if outcome == .trap { break trapped }
                    x[at.rd] = failed
                    if outcome != .done {
                      pc = at.next(page)
                      break run
                    }
                  case .scD:
                    let (outcome, failed) = storeConditional(x[at.rs1], 8, x[at.rs2])
                    if outcome == .trap { break trapped }
                    x[at.rd] = failed
                    if outcome != .done {
                      pc = at.next(page)
                      break run
                    }
                  case .amoswapW:
                    let va = x[at.rs1]
                    let entry = loads.stores + CachedTranslation.index(va)
                    if entry.pointee.tag == va & (~4095 | 3) {
                      let word = entry.pointee.host(va).assumingMemoryBound(to: UInt32.self)
                      let old = word.pointee
                      word.pointee = UInt32(truncatingIfNeeded: x[at.rs2])
                      x[at.rd] = UInt64(bitPattern: Int64(Int32(bitPattern: old)))
                    } else {
                      let (outcome, old) = atomic(.amoswapW, va, 4, x[at.rs2])
                      if outcome == .trap { break trapped }
                      x[at.rd] = old
                      if outcome != .done {
                        pc = at.next(page)
                        break run
                      }
                    }
                  case .amoaddW, .amoxorW, .amoandW, .amoorW, .amominW, .amomaxW, .amominuW, .amomaxuW:
                    let (outcome, old) = atomic(operation, x[at.rs1], 4, x[at.rs2])
                    if outcome == .trap { break trapped }
                    x[at.rd] = old
                    if outcome != .done {
                      pc = at.next(page)
                      break run
                    }
                  case .amoswapD, .amoaddD, .amoxorD, .amoandD, .amoorD, .amominD, .amomaxD, .amominuD,
                    .amomaxuD:
                    let (outcome, old) = atomic(operation, x[at.rs1], 8, x[at.rs2])
                    if outcome == .trap { break trapped }
                    x[at.rd] = old
                    if outcome != .done {
                      pc = at.next(page)
                      break run
                    }
                  case .fence:
                    // One hart runs at a time, and memory is as it left it.
                    break
                  case .ecall, .ebreak, .fenceI, .sret, .mret, .wfi, .sfenceVma, .illegal,
                    .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci:
                    self.pc = at.address(page)
                    retired = limit &- left &+ at.before
                    let result = system(at)
                    guard result == .next else { return result }
                    loads = self.loads
                    jumps = self.jumps
                    pc = self.pc
                    left = limit &- retired
                    continue nextBlock
                  case .statusRead:
                    guard privilege != .user else {
                      illegal(at)
                      break trapped
                    }
                    x[at.rd] = control.mstatus & Status.supervisorReadable
                  case .statusWrite where writesStatusInline(x[at.rs1]):
                    writeStatusInline(x[at.rs1])
                  case .statusWrite, .plainCSR:
                    guard csrInstruction(at) else { break trapped }
                    if enabledPending != 0 {
                      self.pc = at.next(page)
                      retired = limit &- left &+ at.through
                      return .resume
                    }
                  case .byteLoop:
                    guard let loop = UnsafePointer<ByteLoop>(bitPattern: Int(at.pointee.immediate)) else {
                      break
                    }
                    let room = (left &- UInt64(block.pointee.count)) / loop.pointee.length
                    left &-= runByteLoop(loop, limit: room, loads, loads.stores) &* loop.pointee.length
                  case .probe:
                    reportProbe(at.constant, pc: at.next(page), retired: limit &- left)
                  case .endOfBlock:
                    break taken
                  case .linkedEnd:
                    break follow
                  case .prologue:
                    Fusion.prologue(&at, x, page, loads.stores)
                  case .epilogue:
                    guard Fusion.loadRun(&at, x, loads) else {
                      operation = .ld
                      continue run
                    }
                    if at.pointee.operation == .ld {
                      Fusion.next(Addi.self, &at, x, page)
                      at += 1
                      break jump
                    }
                  case .ldRun:
                    guard Fusion.loadRun(&at, x, loads) else {
                      operation = .ld
                      continue run
                    }
                  case .sdRun:
                    guard Fusion.storeRun(&at, x, loads.stores) else {
                      operation = .sd
                      continue run
                    }
                  case .addiJalr:
                    Fusion.compute(Addi.self, at, x, page)
                    at += 1
                    break jump
                  case .ldAddiJalr:
                    guard Fusion.loadAndCompute(Ld.self, Addi.self, &at, x, page, loads) else {
                      operation = .ld
                      continue run
                    }
                    at += 1
                    break jump
                  case .auipcJal:
                    Fusion.compute(Auipc.self, at, x, page)
                    Fusion.nextCall(&at, x, page)
                    break taken
                  case .addiAuipcJal:
                    Fusion.compute(Addi.self, Auipc.self, &at, x, page)
                    Fusion.nextCall(&at, x, page)
                    break taken
                  case .ldAuipcJal:
                    guard Fusion.loadAndCompute(Ld.self, Auipc.self, &at, x, page, loads) else {
                      operation = .ld
                      continue run
                    }
                    Fusion.nextCall(&at, x, page)
                    break taken
                  case .lwBeqAuipcJal:
                    guard let isTaken = Fusion.loadAndBranch(Lw.self, Beq.self, &at, x, loads) else {
                      operation = .lw
                      continue run
                    }
                    if isTaken { break taken }
                    Fusion.next(Auipc.self, &at, x, page)
                    Fusion.nextCall(&at, x, page)
                    break taken
                  case .walkStep:
                    let offset = Fusion.chain(Srl.self, Andi.self, Slli.self, &at, x, page)
                    let entry = Fusion.next(Add.self, of: offset, &at, x, page)
                    if let loaded = Fusion.next(Ld.self, from: entry, &at, x, loads) {
                      Fusion.next(Andi.self, of: loaded, &at, x, page)
                      if Fusion.next(Beq.self, &at, x) { break taken }
                    }
                  case .cpuAddress:
                    Fusion.chain(Addi.self, Addiw.self, Slli.self, &at, x, page)
                    Fusion.next(Auipc.self, &at, x, page)
                    let array = Fusion.next(Auipc.self, &at, x, page)
                    Fusion.next(Add.self, of: array, &at, x, page)
                  case .addiwAddiwSwBne:
                    Fusion.chain(Addiw.self, Addiw.self, &at, x, page)
                    if Fusion.nextStoreWord(&at, x, loads.stores), Fusion.next(Bne.self, &at, x) {
                      break taken
                    }
                  case .addiAddi:
                    Fusion.compute(Addi.self, Addi.self, &at, x, page)
                  case .addiAddiAddi:
                    Fusion.compute(Addi.self, Addi.self, Addi.self, &at, x, page)
                  case .addiAddiAddiAddi:
                    Fusion.compute(Addi.self, Addi.self, Addi.self, &at, x, page)
                    Fusion.next(Addi.self, &at, x, page)
                  case .addiAuipc:
                    Fusion.compute(Addi.self, Auipc.self, &at, x, page)
                  case .addiAuipcAuipc:
                    Fusion.compute(Addi.self, Auipc.self, Auipc.self, &at, x, page)
                  case .auipcAuipc:
                    Fusion.compute(Auipc.self, Auipc.self, &at, x, page)
                  case .auipcAuipcAdd:
                    Fusion.compute(Auipc.self, at, x, page)
                    at += 1
                    Fusion.chain(Auipc.self, Add.self, &at, x, page)
                  case .slliAuipc:
                    Fusion.compute(Slli.self, Auipc.self, &at, x, page)
                  case .slliAuipcAuipc:
                    Fusion.compute(Slli.self, Auipc.self, Auipc.self, &at, x, page)
                  case .slliAdd:
                    Fusion.chain(Slli.self, Add.self, &at, x, page)
                  case .andiSlli:
                    Fusion.chain(Andi.self, Slli.self, &at, x, page)
                  case .andiSlliAdd:
                    Fusion.chain(Andi.self, Slli.self, Add.self, &at, x, page)
                  case .srlAndi:
                    Fusion.chain(Srl.self, Andi.self, &at, x, page)
                  case .srlAndiSlliAdd:
                    let value = Fusion.chain(Srl.self, Andi.self, Slli.self, &at, x, page)
                    Fusion.next(Add.self, of: value, &at, x, page)
                  case .srliSlli:
                    Fusion.chain(Srli.self, Slli.self, &at, x, page)
                  case .slliSrai:
                    Fusion.chain(Slli.self, Srai.self, &at, x, page)
                  case .sraiAnd:
                    Fusion.chain(Srai.self, And.self, &at, x, page)
                  case .andXor:
                    Fusion.chain(And.self, Xor.self, &at, x, page)
                  case .xorMul:
                    Fusion.chain(Xor.self, Mul.self, &at, x, page)
                  case .srliXor:
                    Fusion.chain(Srli.self, Xor.self, &at, x, page)
                  case .mulSrli:
                    Fusion.chain(Mul.self, Srli.self, &at, x, page)
                  case .addiwSlli:
                    Fusion.chain(Addiw.self, Slli.self, &at, x, page)
                  case .addiAddiw:
                    Fusion.chain(Addi.self, Addiw.self, &at, x, page)
                  case .addiAddiwSlli:
                    Fusion.chain(Addi.self, Addiw.self, Slli.self, &at, x, page)
                  case .subSltiu:
                    Fusion.chain(Sub.self, Sltiu.self, &at, x, page)
                  case .addiwAddi:
                    Fusion.compute(Addiw.self, Addi.self, &at, x, page)
                  case .addiwAddiw:
                    Fusion.compute(Addiw.self, Addiw.self, &at, x, page)
                  case .xorSrli:
                    Fusion.compute(Xor.self, Srli.self, &at, x, page)
                  case .xorSrliw:
                    Fusion.compute(Xor.self, Srliw.self, &at, x, page)
                  case .srliwAddiw:
                    Fusion.compute(Srliw.self, Addiw.self, &at, x, page)
                  case .addLd:
                    Fusion.chainToLoad(Add.self, Ld.self, &at, x, page, loads)
                  case .addiSd:
                    Fusion.chainToStore(Addi.self, &at, x, page, loads.stores)
                  case .addiLd:
                    Fusion.computeAndLoad(Addi.self, Ld.self, &at, x, page, loads)
                  case .ldLd:
                    guard Fusion.loadTwo(Ld.self, Ld.self, &at, x, loads) else {
                      operation = .ld
                      continue run
                    }
                  case .ldAddi:
                    guard Fusion.loadAndCompute(Ld.self, Addi.self, &at, x, page, loads) else {
                      operation = .ld
                      continue run
                    }
                  case .ldAndi:
                    guard Fusion.loadAndChain(Ld.self, Andi.self, &at, x, page, loads) else {
                      operation = .ld
                      continue run
                    }
                  case .ldAndiBeq:
                    guard
                      let isTaken = Fusion.loadChainAndBranch(
                        Ld.self, Andi.self, Beq.self, &at, x, page, loads)
                    else {
                      operation = .ld
                      continue run
                    }
                    if isTaken { break taken }
                  case .lwAddiwSw:
                    guard Fusion.countWord(&at, x, page, loads, loads.stores) else {
                      operation = .lw
                      continue run
                    }
                  case .sdSd:
                    guard Fusion.storeTwo(&at, x, loads.stores) else {
                      operation = .sd
                      continue run
                    }
                  case .sdAddi:
                    guard Fusion.storeAndCompute(Addi.self, &at, x, page, loads.stores) else {
                      operation = .sd
                      continue run
                    }
                  case .addBgeu:
                    if Fusion.computeAndBranch(Add.self, Bgeu.self, &at, x, page) { break taken }
                  case .addiBeq:
                    if Fusion.computeAndBranch(Addi.self, Beq.self, &at, x, page) { break taken }
                  case .addiBne:
                    if Fusion.computeAndBranch(Addi.self, Bne.self, &at, x, page) { break taken }
                  case .addiBlt:
                    if Fusion.computeAndBranch(Addi.self, Blt.self, &at, x, page) { break taken }
                  case .andiBeq:
                    if Fusion.computeAndBranch(Andi.self, Beq.self, &at, x, page) { break taken }
                  case .andiBne:
                    if Fusion.computeAndBranch(Andi.self, Bne.self, &at, x, page) { break taken }
                  case .addiwBeq:
                    if Fusion.computeAndBranch(Addiw.self, Beq.self, &at, x, page) { break taken }
                  case .srliBne:
                    if Fusion.computeAndBranch(Srli.self, Bne.self, &at, x, page) { break taken }
                  case .srliSlliAddiwBeq:
                    Fusion.chain(Srli.self, Slli.self, &at, x, page)
                    Fusion.next(Addiw.self, &at, x, page)
                    if Fusion.next(Beq.self, &at, x) { break taken }
                  case .lwBeq:
                    guard let isTaken = Fusion.loadAndBranch(Lw.self, Beq.self, &at, x, loads) else {
                      operation = .lw
                      continue run
                    }
                    if isTaken { break taken }
                  case .lwBne:
                    guard let isTaken = Fusion.loadAndBranch(Lw.self, Bne.self, &at, x, loads) else {
                      operation = .lw
                      continue run
                    }
                    if isTaken { break taken }
                  case .lwBge:
                    guard let isTaken = Fusion.loadAndBranch(Lw.self, Bge.self, &at, x, loads) else {
                      operation = .lw
                      continue run
                    }
                    if isTaken { break taken }
                  case .lwBgeu:
                    guard let isTaken = Fusion.loadAndBranch(Lw.self, Bgeu.self, &at, x, loads) else {
                      operation = .lw
                      continue run
                    }
                    if isTaken { break taken }
                  case .swBne:
                    guard let isTaken = Fusion.storeAndBranch(Bne.self, &at, x, loads.stores) else {
                      operation = .sw
                      continue run
                    }
                    if isTaken { break taken }
                  case .interruptsOff, .statusReadAndi, .statusReadAndiBne, .statusReadAndiStatusWrite:
                    guard privilege != .user else {
                      operation = .statusRead
                      continue run
                    }
                    let status = control.mstatus & Status.supervisorReadable
                    x[at.rd] = status
                    if operation == .interruptsOff {
                      at += 1
                      x[at.rd] = status
                    }
                    let value = Fusion.next(Andi.self, of: status, &at, x, page)
                    if operation == .statusReadAndiBne {
                      if Fusion.next(Bne.self, &at, x) { break taken }
                    } else if operation != .statusReadAndi, writesStatusInline(value) {
                      writeStatusInline(value)
                      at += 1
                    }
                  }
                  at += 1
                  operation = at.pointee.operation
                }
                left &-= at.through
                continue nextBlock
              }
              let target = (x[at.rs1] &+ at.constant) & ~1
              x[at.rd] = at.next(page)
              pc = target
              left &-= at.through
              continue nextBlock
            }
            if !at.pointee.operation.isLinked {
              pc = page &+ at.constant
              origin = at
              left &-= at.through
              continue nextBlock
            }
          }
          left &-= at.through
          block = at.target
          continue linked
        }
        self.pc = at.address(page)
        retired = limit &- left &+ at.before
        return busAddress == nil ? .trap : accessBus(at)
      }
    }
    self.pc = pc
    retired = limit &- left
    return .limit
  }
}

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
    var retired = self.retired
    /// The virtual address of the page that the block starts in.
    var page: UInt64 = 0
    var block = blocks.begin()
    var start: UnsafeMutablePointer<DecodedInstruction>
    var at: UnsafeMutablePointer<DecodedInstruction>
    /// The branch or end by which `pc` was reached.
    var origin: UnsafeMutablePointer<DecodedInstruction>?

    nextBlock: while retired < limit {
      let jump = jumps + JumpTable.index(pc)
      if jump.pointee.pc == pc, let known = jump.pointee.block {
        if let origin, origin.constant < PGSIZE { link(origin, of: block, to: known) }
        block = known
      } else {
        guard let found = findBlock(at: pc) else {
          self.pc = pc
          self.retired = retired
          return .trap
        }
        block = found
      }
      origin = nil
      page = pc & ~4095

      linked: while true {
        start = block.entry
        if UInt64(block.pointee.count) > limit &- retired {
          guard retired < limit else {
            pc = page &+ (block.pointee.ramOffset & 4095)
            break nextBlock
          }
          start = blocks.beginning(of: block, count: Int(truncatingIfNeeded: limit &- retired))
        }
        at = start

        // Ways out: `break run` after `pc` has been set and `at` moved past the last instruction that retires;
        // `break taken` with `at` the branch that ends a fused pair, linked or not; `break follow` with `at` moved past a
        // linked instruction; `break trapped` with `at` the instruction that traps.
        trapped: do {
          follow: do {
            taken: do {
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
                  at += 1
                  break run
                case .followedJal:
                  x[at.rd] = at.next(page)
                case .jalr:
                  let target = (x[at.rs1] &+ at.constant) & ~1
                  x[at.rd] = at.next(page)
                  pc = target
                  at += 1
                  break run
                case .beq:
                  if x[at.rs1] == x[at.rs2] {
                    pc = page &+ at.constant
                    origin = at
                    at += 1
                    break run
                  }
                case .linkedBeq:
                  if x[at.rs1] == x[at.rs2] {
                    at += 1
                    break follow
                  }
                case .bne:
                  if x[at.rs1] != x[at.rs2] {
                    pc = page &+ at.constant
                    origin = at
                    at += 1
                    break run
                  }
                case .linkedBne:
                  if x[at.rs1] != x[at.rs2] {
                    at += 1
                    break follow
                  }
                case .blt:
                  if Int64(bitPattern: x[at.rs1]) < Int64(bitPattern: x[at.rs2]) {
                    pc = page &+ at.constant
                    origin = at
                    at += 1
                    break run
                  }
                case .linkedBlt:
                  if Int64(bitPattern: x[at.rs1]) < Int64(bitPattern: x[at.rs2]) {
                    at += 1
                    break follow
                  }
                case .bge:
                  if Int64(bitPattern: x[at.rs1]) >= Int64(bitPattern: x[at.rs2]) {
                    pc = page &+ at.constant
                    origin = at
                    at += 1
                    break run
                  }
                case .linkedBge:
                  if Int64(bitPattern: x[at.rs1]) >= Int64(bitPattern: x[at.rs2]) {
                    at += 1
                    break follow
                  }
                case .bltu:
                  if x[at.rs1] < x[at.rs2] {
                    pc = page &+ at.constant
                    origin = at
                    at += 1
                    break run
                  }
                case .linkedBltu:
                  if x[at.rs1] < x[at.rs2] {
                    at += 1
                    break follow
                  }
                case .bgeu:
                  if x[at.rs1] >= x[at.rs2] {
                    pc = page &+ at.constant
                    origin = at
                    at += 1
                    break run
                  }
                case .linkedBgeu:
                  if x[at.rs1] >= x[at.rs2] {
                    at += 1
                    break follow
                  }
                case .lb:
                  guard let value = load(UInt8.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                  x[at.rd] = UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: value)))
                case .lh:
                  guard let value = load(UInt16.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                  x[at.rd] = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: value)))
                case .lw:
                  guard let value = load(UInt32.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                  x[at.rd] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
                case .ld:
                  guard let value = load(UInt64.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                  x[at.rd] = value
                case .lbu:
                  guard let value = load(UInt8.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                  x[at.rd] = value
                case .lhu:
                  guard let value = load(UInt16.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                  x[at.rd] = value
                case .lwu:
                  guard let value = load(UInt32.self, x[at.rs1] &+ at.constant, loads) else { break trapped }
                  x[at.rd] = value
                case .sb:
                  let outcome = store(
                    UInt8(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                  if outcome != .done {
                    if outcome == .trap { break trapped }
                    pc = at.next(page)
                    at += 1
                    break run
                  }
                case .sh:
                  let outcome = store(
                    UInt16(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                  if outcome != .done {
                    if outcome == .trap { break trapped }
                    pc = at.next(page)
                    at += 1
                    break run
                  }
                case .sw:
                  let outcome = store(
                    UInt32(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                  if outcome != .done {
                    if outcome == .trap { break trapped }
                    pc = at.next(page)
                    at += 1
                    break run
                  }
                case .sd:
                  let outcome = store(
                    UInt64(truncatingIfNeeded: x[at.rs2]), x[at.rs1] &+ at.constant, loads.stores)
                  if outcome != .done {
                    if outcome == .trap { break trapped }
                    pc = at.next(page)
                    at += 1
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
                  x[at.rd] = UInt64(bitPattern: Int64(bitPattern: x[at.rs1]) &>> Int64(bitPattern: x[at.rs2]))
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
                    bitPattern: Int64(bitPattern: Self.word(x[at.rs1])) &>> Int64(bitPattern: x[at.rs2] & 31))
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
                    at += 1
                    break run
                  }
                case .scD:
                  let (outcome, failed) = storeConditional(x[at.rs1], 8, x[at.rs2])
                  if outcome == .trap { break trapped }
                  x[at.rd] = failed
                  if outcome != .done {
                    pc = at.next(page)
                    at += 1
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
                      at += 1
                      break run
                    }
                  }
                case .amoaddW, .amoxorW, .amoandW, .amoorW, .amominW, .amomaxW, .amominuW, .amomaxuW:
                  let (outcome, old) = atomic(operation, x[at.rs1], 4, x[at.rs2])
                  if outcome == .trap { break trapped }
                  x[at.rd] = old
                  if outcome != .done {
                    pc = at.next(page)
                    at += 1
                    break run
                  }
                case .amoswapD, .amoaddD, .amoxorD, .amoandD, .amoorD, .amominD, .amomaxD, .amominuD,
                  .amomaxuD:
                  let (outcome, old) = atomic(operation, x[at.rs1], 8, x[at.rs2])
                  if outcome == .trap { break trapped }
                  x[at.rd] = old
                  if outcome != .done {
                    pc = at.next(page)
                    at += 1
                    break run
                  }
                case .fence:
                  // One hart runs at a time, and memory is as it left it.
                  break
                case .ecall, .ebreak, .fenceI, .sret, .mret, .wfi, .sfenceVma, .illegal,
                  .csrrw, .csrrs, .csrrc, .csrrwi, .csrrsi, .csrrci:
                  self.pc = page &+ UInt64(at.pointee.offset)
                  self.retired = retired &+ at.count(from: start)
                  let result = system(at.pointee)
                  guard result == .next else { return result }
                  loads = self.loads
                  jumps = self.jumps
                  pc = self.pc
                  retired = self.retired
                  continue nextBlock
                case .statusRead:
                  guard privilege != .user else {
                    _ = illegal(at.pointee.original)
                    break trapped
                  }
                  x[at.rd] = control.mstatus & Status.supervisorReadable
                case .statusWrite
                where (x[at.rs1] ^ control.mstatus) & (Status.sum | Status.mxr) == 0
                  && enabledPending == 0 && privilege != .user:
                  control.mstatus =
                    control.mstatus & ~Status.interruptStack | x[at.rs1] & Status.interruptStack
                case .statusWrite, .plainCSR:
                  guard csrInstruction(at.pointee.original) else {
                    _ = illegal(at.pointee.original)
                    break trapped
                  }
                  if enabledPending != 0 {
                    self.pc = at.next(page)
                    self.retired = retired &+ at.count(from: start) &+ 1
                    return .resume
                  }
                case .byteLoop:
                  guard let loop = UnsafePointer<ByteLoop>(bitPattern: Int(at.pointee.immediate)) else {
                    break
                  }
                  let room = (limit &- retired &- UInt64(block.pointee.count)) / loop.pointee.length
                  retired &+= runByteLoop(loop, limit: room, loads, loads.stores) &* loop.pointee.length
                  start = at + 1
                case .probe:
                  reportProbe(at.constant, pc: at.next(page), retired: retired)
                  start = at + 1
                case .endOfBlock:
                  pc = page &+ UInt64(at.pointee.offset)
                  origin = at
                  break run
                case .linkedEnd:
                  retired &+= at.count(from: start)
                  block = at.target
                  continue linked
                case .addiJalr:
                  x[at.rd] = x[at.rs1] &+ at.constant
                  at += 1
                  let target = (x[at.rs1] &+ at.constant) & ~1
                  x[at.rd] = at.next(page)
                  pc = target
                  at += 1
                  break run
                case .auipcJal:
                  x[at.rd] = page &+ at.constant
                  at += 1
                  x[at.rd] = at.next(page)
                  break taken
                case .auipcAddi:
                  FusedPair.chain(Auipc.self, Addi.self, &at, x, page)
                case .slliAdd:
                  FusedPair.chain(Slli.self, Add.self, &at, x, page)
                case .andiSlli:
                  FusedPair.chain(Andi.self, Slli.self, &at, x, page)
                case .srlAndi:
                  FusedPair.chain(Srl.self, Andi.self, &at, x, page)
                case .srliSlli:
                  FusedPair.chain(Srli.self, Slli.self, &at, x, page)
                case .slliSrai:
                  FusedPair.chain(Slli.self, Srai.self, &at, x, page)
                case .sraiAnd:
                  FusedPair.chain(Srai.self, And.self, &at, x, page)
                case .andXor:
                  FusedPair.chain(And.self, Xor.self, &at, x, page)
                case .xorMul:
                  FusedPair.chain(Xor.self, Mul.self, &at, x, page)
                case .srliXor:
                  FusedPair.chain(Srli.self, Xor.self, &at, x, page)
                case .mulSrli:
                  FusedPair.chain(Mul.self, Srli.self, &at, x, page)
                case .addiwSlli:
                  FusedPair.chain(Addiw.self, Slli.self, &at, x, page)
                case .addiAddiw:
                  FusedPair.chain(Addi.self, Addiw.self, &at, x, page)
                case .addiAddi:
                  FusedPair.computeTwo(Addi.self, Addi.self, &at, x, page)
                case .addiAuipc:
                  FusedPair.computeTwo(Addi.self, Auipc.self, &at, x, page)
                case .slliAuipc:
                  FusedPair.computeTwo(Slli.self, Auipc.self, &at, x, page)
                case .addiwAddi:
                  FusedPair.computeTwo(Addiw.self, Addi.self, &at, x, page)
                case .xorSrli:
                  FusedPair.computeTwo(Xor.self, Srli.self, &at, x, page)
                case .xorSrliw:
                  FusedPair.computeTwo(Xor.self, Srliw.self, &at, x, page)
                case .srliwAddiw:
                  FusedPair.computeTwo(Srliw.self, Addiw.self, &at, x, page)
                case .addLd:
                  FusedPair.chainToLoad(Add.self, Ld.self, &at, x, page, loads)
                case .addiSd:
                  FusedPair.chainToStore(Addi.self, &at, x, page, loads.stores)
                case .addiLd:
                  FusedPair.computeAndLoad(Addi.self, Ld.self, &at, x, page, loads)
                case .ldRun:
                  guard FusedPair.loadRun(&at, x, loads) else {
                    operation = .ld
                    continue run
                  }
                case .sdRun:
                  guard FusedPair.storeRun(&at, x, loads.stores) else {
                    operation = .sd
                    continue run
                  }
                case .ldLd:
                  guard FusedPair.loadTwo(Ld.self, Ld.self, &at, x, loads) else {
                    operation = .ld
                    continue run
                  }
                case .ldAddi:
                  guard FusedPair.loadAndCompute(Ld.self, Addi.self, &at, x, page, loads) else {
                    operation = .ld
                    continue run
                  }
                case .ldAndi:
                  guard FusedPair.loadAndChain(Ld.self, Andi.self, &at, x, loads) else {
                    operation = .ld
                    continue run
                  }
                case .sdSd:
                  guard FusedPair.storeTwo(&at, x, loads.stores) else {
                    operation = .sd
                    continue run
                  }
                case .sdAddi:
                  guard FusedPair.storeAndCompute(Addi.self, &at, x, page, loads.stores) else {
                    operation = .sd
                    continue run
                  }
                case .addiBne:
                  if FusedPair.computeAndBranch(Addi.self, Bne.self, &at, x, page) { break taken }
                case .addiBlt:
                  if FusedPair.computeAndBranch(Addi.self, Blt.self, &at, x, page) { break taken }
                case .andiBeq:
                  if FusedPair.computeAndBranch(Andi.self, Beq.self, &at, x, page) { break taken }
                case .andiBne:
                  if FusedPair.computeAndBranch(Andi.self, Bne.self, &at, x, page) { break taken }
                case .addiwBeq:
                  if FusedPair.computeAndBranch(Addiw.self, Beq.self, &at, x, page) { break taken }
                case .srliBne:
                  if FusedPair.computeAndBranch(Srli.self, Bne.self, &at, x, page) { break taken }
                case .lwBeq:
                  guard let isTaken = FusedPair.loadAndBranch(Lw.self, Beq.self, &at, x, loads) else {
                    operation = .lw
                    continue run
                  }
                  if isTaken { break taken }
                case .lwBne:
                  guard let isTaken = FusedPair.loadAndBranch(Lw.self, Bne.self, &at, x, loads) else {
                    operation = .lw
                    continue run
                  }
                  if isTaken { break taken }
                case .lwBgeu:
                  guard let isTaken = FusedPair.loadAndBranch(Lw.self, Bgeu.self, &at, x, loads) else {
                    operation = .lw
                    continue run
                  }
                  if isTaken { break taken }
                }
                at += 1
                operation = at.pointee.operation
              }
              retired &+= at.count(from: start)
              continue nextBlock
            }
            at += 1
            if !(at - 1).pointee.operation.isLinked {
              pc = page &+ (at - 1).constant
              origin = at - 1
              retired &+= at.count(from: start)
              continue nextBlock
            }
          }
          retired &+= at.count(from: start)
          block = (at - 1).target
          continue linked
        }
        self.pc = page &+ UInt64(at.pointee.offset)
        self.retired = retired &+ at.count(from: start)
        return busAddress == nil ? .trap : accessBus(at.pointee.original)
      }
    }
    self.pc = pc
    self.retired = retired
    return .limit
  }
}

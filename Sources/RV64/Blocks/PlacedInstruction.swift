/// Instructions as they stand in blocks.
extension DecodedInstruction {
  /// The register slot that takes what is written to `x0`.
  static let discardedRegister: UInt8 = 32

  /// This instruction as it stands in a block, `offset` bytes from the start of the block's page.
  func placed(at offset: Int) -> DecodedInstruction {
    var placed = self
    placed.offset = Int16(offset)
    if rd == 0 { placed.rd = Self.discardedRegister }
    if operation == .add && rs1 == 0 {
      // `mv`, which needs no second operand.
      placed.operation = .addi
      (placed.rs1, placed.rs2) = (rs2, 0)
    }
    if operation.isRelativeToPC { placed.immediate += Int64(offset) }
    return placed
  }

  /// `jalr` on what the `auipc` right before it has left is a jump to a constant place.
  mutating func becomeJump(after previous: DecodedInstruction) {
    guard operation == .jalr, previous.operation == .auipc, previous.rd == rs1 else { return }
    operation = .jal
    immediate = (previous.immediate &+ immediate) & ~1
  }

  /// What is computed from the constant that the instruction right before it has left is a constant itself.
  mutating func becomeConstant(after previous: DecodedInstruction) {
    guard previous.rd == rs1 else { return }
    let constant = UInt64(bitPattern: previous.immediate)
    switch (previous.operation, operation) {
    case (.auipc, .addi):
      operation = .auipc
      immediate &+= previous.immediate
    case (.addi, .slli) where previous.rs1 == 0: become(constant: constant &<< UInt64(bitPattern: immediate))
    case (.addi, .srli) where previous.rs1 == 0: become(constant: constant &>> UInt64(bitPattern: immediate))
    default: break
    }
  }

  /// `li`
  private mutating func become(constant: UInt64) {
    (operation, rs1, immediate) = (.addi, 0, Int64(bitPattern: constant))
  }

  /// CSR instructions that touch nothing but a register's contents need not end a block.
  mutating func becomeInline() {
    guard operation.isCSR, let csr = CSR(rawValue: UInt16(truncatingIfNeeded: immediate)), csr.isPlain else {
      return
    }
    if csr == .sstatus && operation == .csrrs && rs1 == 0 {
      operation = .statusRead
    } else if csr == .sstatus && operation == .csrrw && rd == Self.discardedRegister {
      operation = .statusWrite
    } else {
      rs2 = operation.rawValue
      operation = .plainCSR
    }
  }

  /// The instruction of the specification that this was before it became part of a block.
  var original: DecodedInstruction {
    var original = self
    original.operation =
      switch operation.first {
      case .statusRead: .csrrs
      case .statusWrite: .csrrw
      case .plainCSR: Operation(rawValue: rs2) ?? .illegal
      default: operation.first
      }
    return original
  }

  /// The end of a block of `count` instructions, where `offset` is the address that the block falls through to.
  static func end(at offset: Int, through count: Int) -> DecodedInstruction {
    var end = DecodedInstruction(.endOfBlock, length: 0)
    end.offset = Int16(offset)
    end.through = UInt8(count)
    end.immediate = Int64(offset)
    return end
  }
}

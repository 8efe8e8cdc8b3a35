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

  /// A `jalr` on the result of the `auipc` right before it is a jump to a constant place.
  mutating func becomeJump(after previous: DecodedInstruction) {
    guard operation == .jalr, previous.operation == .auipc, previous.rd == rs1 else { return }
    operation = .jal
    immediate = (previous.immediate &+ immediate) & ~1
  }

  /// A value that is computed from the constant of the instruction right before is a constant itself.
  mutating func becomeConstant(after previous: DecodedInstruction) {
    guard previous.rd == rs1 else { return }
    let value = signed(operation.value(unsigned(previous.immediate), unsigned(immediate)))
    switch (previous.operation, operation) {
    // Both constants together are the distance from pc.
    case (.auipc, .addi): (operation, immediate) = (.auipc, value)
    // It is `li` now.
    case (.addi, .slli) where previous.rs1 == 0, (.addi, .srli) where previous.rs1 == 0:
      (operation, rs1, immediate) = (.addi, 0, value)
    default: break
    }
  }

  /// A CSR instruction that only reads or writes the bits of a register need not end a block.
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

  /// The end of a block of `count` instructions; `offset` is the address that the block falls through to.
  static func end(at offset: Int, through count: Int) -> DecodedInstruction {
    var end = DecodedInstruction(.endOfBlock, length: 0)
    end.offset = Int16(offset)
    end.through = UInt8(count)
    end.immediate = Int64(offset)
    return end
  }
}

import Sv39MMU

/// The jumps that a block follows while it is decoded. The next record of the block is the one at the target,
/// in the same page or in a second one.
///
/// Such a jump costs only what it leaves in its rd, which is mostly nothing, and code that jumps connect is
/// one block. A call is followed, too. Its return is followed if nothing between the two writes `ra`, because
/// then it can lead nowhere else.
struct FollowedJumps {
  /// `ra`.
  fileprivate static let returnAddress: UInt8 = 1

  /// What `ra` holds, as a distance from the start of the page, if a call of this block has set it.
  private var ra: Int?

  /// The target of `instruction`, the next of the block, as a distance from the start of the page. Nil if it
  /// is no jump to a place that is known.
  mutating func target(of instruction: DecodedInstruction) -> Int? {
    let isCall = instruction.operation == .jal
    let target = isCall ? Int(instruction.immediate) : instruction.isReturn ? ra : nil
    if instruction.rd == Self.returnAddress {
      ra = isCall ? Int(instruction.offset) + Int(instruction.length) : nil
    }
    return target
  }
}

extension DecodedInstruction {
  /// For a jump to the next record. It becomes a `followedJal`, or an `auipc` that leaves the same value in
  /// its rd.
  mutating func becomeFollowed() {
    if rd == Self.discardedRegister {
      operation = .followedJal
    } else {
      operation = .auipc
      immediate = Int64(offset) + Int64(length)
    }
  }

  /// `ret`, as it stands in a block.
  fileprivate var isReturn: Bool {
    operation == .jalr && rd == Self.discardedRegister && rs1 == FollowedJumps.returnAddress && immediate == 0
  }
}

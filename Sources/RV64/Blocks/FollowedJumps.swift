import Sv39MMU

/// The jumps that a block goes along with while it is decoded: where they lead, in the same page or a second one, its next
/// record stands.
///
/// So a jump costs no more than what it leaves in its rd, mostly nothing, and code that is put together by jumps is one block. A call
/// is followed, too; and its return, where nothing between the two writes `ra`, so that it can lead nowhere else.
struct FollowedJumps {
  /// `ra`.
  fileprivate static let returnAddress: UInt8 = 1

  /// What `ra` holds, from the start of the page, where a call of this block has put it there.
  private var ra: Int?

  /// Where `instruction`, the next of the block, leads, from the start of the page, if that is a jump to a place that is known.
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
  /// The jump that this is leads to the next record: it becomes a `followedJal`, or the `auipc` that leaves the same in its rd.
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

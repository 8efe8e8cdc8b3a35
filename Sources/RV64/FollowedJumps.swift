import Sv39MMU

/// The jumps that a block goes along with while it is decoded: where they lead, in the same page, its next record stands.
///
/// So a jump costs no more than what it leaves in its rd, mostly nothing, and code that is put together by jumps is one block. A call
/// is followed, too; and its return, where nothing between the two writes `ra`, so that it can lead nowhere else.
struct FollowedJumps {
  /// `ra`.
  fileprivate static let returnAddress: UInt8 = 1

  /// What `ra` holds, from the start of the page, where a call of this block has put it there.
  private var ra: Int?

  /// Where in its page the block goes on behind `instruction`, the next of it, if that is a jump which can be followed: it
  /// then becomes a `followedJal`, or the `auipc` that leaves the same in its rd.
  mutating func follow(_ instruction: inout DecodedInstruction) -> Int? {
    let isCall = instruction.operation == .jal
    let target = isCall ? Int(instruction.immediate) : instruction.isReturn ? ra : nil
    if instruction.rd == Self.returnAddress {
      ra = isCall ? Int(instruction.offset) + Int(instruction.length) : nil
    }
    guard let target, 0..<Int(PGSIZE) ~= target else { return nil }
    if instruction.rd == DecodedInstruction.discardedRegister {
      instruction.operation = .followedJal
    } else {
      instruction.operation = .auipc
      instruction.immediate = Int64(instruction.offset) + Int64(instruction.length)
    }
    return target
  }
}

extension DecodedInstruction {
  /// `ret`, as it stands in a block.
  fileprivate var isReturn: Bool {
    operation == .jalr && rd == Self.discardedRegister && rs1 == FollowedJumps.returnAddress && immediate == 0
  }
}

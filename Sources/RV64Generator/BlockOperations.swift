/// An operation that stands in blocks only, and is no instruction of the specification.
struct BlockOperation {
  /// The operations that share a comment and a body.
  var names: [String]
  var comment: String
  /// What it does in the hot loop: the labels of its cases, each with its statements.
  var cases: [(label: String, body: String)]

  init(_ names: String..., comment: String, _ body: String) {
    (self.names, self.comment) = (names, comment)
    cases = [(names.map { "." + $0 }.joined(separator: ", "), body)]
  }

  init(_ names: [String], comment: String, cases: [(label: String, body: String)]) {
    (self.names, self.comment, self.cases) = (names, comment, cases)
  }

  /// Those that stand in the middle of the instructions, behind the one that they are a form of.
  static let followedJump = BlockOperation(
    "followedJal", comment: "A jump that leaves nothing in a register, to the next record (`FollowedJumps`).",
    "break")

  static let endOfBlock = BlockOperation(
    "endOfBlock", comment: "The end of a block that falls through to the next address.", "break taken")

  static let linkedEnd = BlockOperation(
    "linkedEnd", comment: "The end of a block whose next block, in the same page, has been found.",
    "break follow")

  static let forewords = [
    BlockOperation(
      "byteLoop",
      comment: "Before a block that is a byte loop: the immediate is the address of its `ByteLoop`.",
      """
      guard let loop = UnsafePointer<ByteLoop>(bitPattern: Int(at.pointee.immediate)) else {
        break
      }
      let room = (left &- UInt64(block.pointee.count)) / loop.pointee.length
      left &-= runByteLoop(loop, limit: room, loads, loads.stores) &* loop.pointee.length
      """),
    BlockOperation(
      "probe", comment: "Before a block of one probed instruction: the immediate is its physical address.",
      "reportProbe(at.constant, pc: at.next(page), retired: limit &- left)"),
  ]

  static let inlineSystem = [
    BlockOperation(
      ["statusRead", "statusWrite"], comment: "`csrr rd, sstatus` and `csrw sstatus, rs1`.",
      cases: [
        (
          ".statusRead",
          """
          guard privilege != .user else {
            illegal(at)
            break trapped
          }
          x[at.rd] = control.mstatus & Status.supervisorReadable
          """
        ),
        (".statusWrite where writesStatusInline(x[at.rs1])", "writeStatusInline(x[at.rs1])"),
      ]),
    BlockOperation(
      ["plainCSR"],
      comment: "A CSR instruction on a register that only holds bits (`CSR.isPlain`); rs2 holds the "
        + "operation that it was.",
      cases: [
        (
          ".statusWrite, .plainCSR",
          """
          guard csrInstruction(at) else { break trapped }
          if enabledPending != 0 {
            self.pc = at.next(page)
            retired = limit &- left &+ at.through
            return .resume
          }
          """
        )
      ]),
  ]

  static let runs = [
    BlockOperation(
      "prologue", comment: "`addi`, a run of `sd` on the register that it wrote, `addi`.",
      """
      let base = \(Execution.value("addi"))
      x[at.rd] = base
      if Fusion.storeNextRun(base, &at, x, loads.stores) {
        at += 1
        x[at.rd] = \(Execution.value("addi"))
      }
      """),
    BlockOperation(
      "epilogue", comment: "A run of `ld`, `addi`, `jalr`.",
      """
      guard Fusion.loadRun(&at, x, loads) else {
        operation = .ld
        continue run
      }
      if at.pointee.operation == .ld {
        at += 1
        x[at.rd] = \(Execution.value("addi"))
        at += 1
        break jump
      }
      """),
    BlockOperation(
      "ldRun", "sdRun",
      comment: "`ld` or `sd`, and the next record is the same on the same base: registers that are saved and "
        + "restored.",
      ""),
  ]
}

/// Writes RV64's `Hart/HartExecute.swift`.
enum HotLoop {
  static var text: String {
    let cases = sections.map { section in
      let cases = section.cases.map { "case \($0.label):\n\(indented($0.body, by: 2))" }
      return "// \(section.title)\n" + cases.joined(separator: "\n")
    }.joined(separator: "\n\n")
    return template.replacing("CASES", with: indented(cases, by: 18).drop { $0 == " " }) + "\n"
  }

  /// The cases by what they are, in the order that they have in the switch.
  private static var sections: [(title: String, cases: [Execution.Case])] {
    var sections = InstructionSet.groups.map { ($0.title, Execution.cases($0)) }.filter { !$0.1.isEmpty }
    sections.append(("What a function computes.", [Execution.called]))
    sections.append(("What leaves the hot loop.", [Execution.system]))
    sections.append(("CSR instructions that do not.", BlockOperation.inlineSystem.flatMap(Execution.cases)))
    sections.append(
      (
        "Before a block, and behind it.",
        (BlockOperation.forewords + [.endOfBlock, .linkedEnd]).flatMap(Execution.cases)
      ))
    let runs = BlockOperation.runs.prefix(2).flatMap(Execution.cases) + Execution.runs
    sections.append(("Fused runs of loads and stores.", runs))
    sections += FusedSequence.groups.map { group in
      let title = "Fused: " + group.title.prefix(1).lowercased() + group.title.dropFirst()
      return (title, group.fusions.map(Execution.fusion))
    }
    return sections
  }

  private static let template = """
    import Sv39MMU

    extension Hart {
      /// Runs blocks from `pc` on in the present privilege mode.
      ///
      /// This is the hot loop. What it needs at each instruction is in local variables, limits are looked at
      /// once for each block, and nothing in it allocates, retains or throws. Whatever may change those
      /// variables returns `.resume`.
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

            // Ways out, each with `at` the last instruction that retires: `break run` after `pc` has been
            // set; `break jump` for a `jalr`; `break taken` for a branch or jump, linked or not; `break
            // follow` for one that is linked; and `break trapped` with `at` the instruction that traps.
            trapped: do {
              follow: do {
                taken: do {
                  jump: do {
                    var operation = at.pointee.operation
                    run: while true {
                      switch operation {
                      CASES
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
    """
}

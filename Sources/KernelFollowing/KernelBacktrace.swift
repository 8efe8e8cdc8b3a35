import LabEvents
import ObjectFile
import RV64
import VirtBoard

/// Who called a function of the kernel, and who called that.
struct KernelBacktrace {
  let code: CodeMap
  unowned let board: Board

  /// Calls that are followed, and places that are told of: inlined functions count as calls.
  private static let deepest = 32
  /// What traps lead to: whatever is above, the program or what was interrupted, has not called it.
  private static let outermost: Set<String> = ["usertrap", "kerneltrap", "forkret", "main"]

  /// The callers of the function whose first instruction is at `hit`, the innermost first.
  func callers(at hit: ProbeHit) -> [SourcePlace] {
    var places: [SourcePlace] = []
    var frame = CallFrame(pc: hit.pc, ra: hit.ra, sp: hit.sp, s0: hit.s0)
    var isFirst = true
    while places.count < Self.deepest, let caller = caller(of: frame, isEntry: isFirst, satp: hit.satp),
      let location = code.location(of: caller.pc &- 1)
    {
      isFirst = false
      for part in location.frames.prefix(Self.deepest - places.count) {
        places.append(SourcePlace(function: part.function ?? "?", file: part.file, line: part.line))
      }
      if let name = location.enclosingFunction, Self.outermost.contains(name) { break }
      // A call may be the last of its function, where that which is called does not come back.
      frame = caller
      frame.pc = caller.pc &- 1
    }
    return places
  }

  /// By debug information, or by frame pointers, which xv6's kernels keep.
  private func caller(of frame: CallFrame, isEntry: Bool, satp: UInt64) -> CallFrame? {
    if isEntry { return CallFrame(pc: frame.ra, ra: frame.ra, sp: frame.sp, s0: frame.s0) }
    func load(_ address: UInt64) -> UInt64? { self.load(address, satp) }
    if let info = code.debugInfo, let caller = info.caller(of: frame, load: load) { return caller }
    guard let ra = load(frame.s0 &- 8), let s0 = load(frame.s0 &- 16) else { return nil }
    return CallFrame(pc: ra, ra: ra, sp: frame.s0, s0: s0)
  }

  private func load(_ address: UInt64, _ satp: UInt64) -> UInt64? {
    let bytes = board.readVirtual(satp: satp, va: address, count: 8)
    guard bytes.count == 8 else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

import LabEvents
import ObjectFile
import RV64
import VirtBoard

/// Finds who called a function of the kernel, who called that caller, and so on.
struct KernelBacktrace {
  let code: CodeMap
  unowned let board: Board

  /// The most calls that are followed, and the most places that are reported. Inlined functions count as
  /// calls.
  private static let deepest = 32
  /// The backtrace ends at these functions. The code above them on the stack did not call them: it is a
  /// program, or code that a trap interrupted.
  private static let outermost: Set<String> = ["usertrap", "kerneltrap", "forkret", "main"]

  /// The callers of the function whose first instruction is at `hit`, beginning with the innermost.
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
      // A call may be the last instruction of its function, if the called function does not return.
      frame = caller
      frame.pc = caller.pc &- 1
    }
    return places
  }

  /// Finds the caller by debug information, or by frame pointers, which xv6's kernels keep.
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

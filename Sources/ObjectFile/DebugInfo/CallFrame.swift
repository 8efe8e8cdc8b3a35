/// The registers that are needed to get from a function to its caller, as they are at one instruction.
package struct CallFrame: Equatable, Sendable {
  package var pc: UInt64
  package var ra: UInt64
  package var sp: UInt64
  /// s0, the frame pointer.
  package var s0: UInt64

  package init(pc: UInt64, ra: UInt64, sp: UInt64, s0: UInt64) {
    self.pc = pc
    self.ra = ra
    self.sp = sp
    self.s0 = s0
  }
}

extension DebugInfo {
  /// Whether s0 holds the caller's frame pointer at `address` (still, or again): so it is in a prologue, in
  /// an epilogue, and in a function that returns before it needs a frame. Nil if the compiler did not say.
  package func isOutsideFrame(_ address: UInt64) -> Bool? {
    frameState(at: address).map { $0.base.register != 8 }
  }

  /// What is known about the stack at an instruction.
  private func frameState(at address: UInt64) -> DWARF.FrameProgram.State? {
    guard let description = frames.description(containing: address),
      let state = try? DWARF.FrameProgram.state(at: address, description, frames), !state.isBaseUnknown
    else { return nil }
    return state
  }

  /// The caller of the function at `frame`, at the instruction that it will return to. The answer is right at
  /// every instruction, also in prologues, in epilogues, and in functions that call no other. `load` reads 8
  /// bytes of the program's memory.
  ///
  /// Nil if nothing is known about the function (assembly), if it has no caller, or if the stack cannot be
  /// read. To name the line of the call, ask for the address before the caller's `pc`: that one is a part of
  /// the call.
  package func caller(of frame: CallFrame, load: (UInt64) -> UInt64?) -> CallFrame? {
    guard let state = frameState(at: frame.pc) else { return nil }
    func value(_ register: UInt64) -> UInt64? {
      switch register {
      case 1: frame.ra
      case 2: frame.sp
      case 8: frame.s0
      default: nil
      }
    }
    guard let register = value(state.base.register) else { return nil }
    let top = register &+ UInt64(bitPattern: state.base.offset)
    func before(_ rule: DWARF.FrameProgram.Rule, _ own: UInt64) -> UInt64? {
      switch rule {
      case .same: own
      case .saved(let offset): load(top &+ UInt64(bitPattern: offset))
      case .register(let register): value(register)
      case .unknown: nil
      }
    }
    guard let ra = before(state.returnAddress, frame.ra), let s0 = before(state.framePointer, frame.s0) else {
      return nil
    }
    return CallFrame(pc: ra, ra: ra, sp: top, s0: s0)
  }
}

extension DWARF {
  /// Runs call frame instructions up to an address (section 6.4.2).
  struct FrameProgram {
    /// Where a register's value in the caller is.
    enum Rule: Equatable {
      /// In the register itself.
      case same
      /// In memory, at this distance from the canonical frame address.
      case saved(Int64)
      /// In another register.
      case register(UInt64)
      /// Lost, or found by an expression. Expressions are not evaluated.
      case unknown
    }

    /// The rules that hold at an instruction.
    struct State {
      /// The canonical frame address: a register and what to add to it.
      var base: (register: UInt64, offset: Int64) = (0, 0)
      /// Whether only an expression gives the canonical frame address.
      var isBaseUnknown = false
      var returnAddress = Rule.same
      var framePointer = Rule.same
    }

    /// The largest number of states that may wait to be restored.
    private static let maxRemembered = 64
    private static let framePointer: UInt64 = 8

    private let common: FrameTable.Common
    private let target: UInt64
    private var address: UInt64
    private(set) var state = State()
    private var initial = State()
    private var remembered: [State] = []
    private var isDone = false

    /// The state at `target`, an address inside `description`.
    static func state(
      at target: UInt64, _ description: FrameTable.Description, _ table: FrameTable
    ) throws(DWARFError) -> State {
      var program = FrameProgram(
        common: table.commons[description.common], target: target, address: description.addresses.lowerBound)
      try program.run(table.section.window(program.common.instructions))
      program.initial = program.state
      try program.run(table.section.window(description.instructions))
      return program.state
    }

    private init(common: FrameTable.Common, target: UInt64, address: UInt64) {
      self.common = common
      self.target = target
      self.address = address
    }

    private mutating func run(_ instructions: Cursor) throws(DWARFError) {
      var cursor = instructions
      while !cursor.isAtEnd && !isDone { try step(&cursor) }
    }

    /// Moves on to `next`. The rules that follow hold from there on, so the run ends if `next` is after the
    /// target.
    private mutating func advance(to next: UInt64) {
      if next > target { isDone = true } else { address = next }
    }

    private mutating func set(_ register: UInt64, _ rule: Rule) {
      if register == common.returnAddress { state.returnAddress = rule }
      if register == Self.framePointer { state.framePointer = rule }
    }

    private mutating func restore(_ register: UInt64) {
      if register == common.returnAddress { state.returnAddress = initial.returnAddress }
      if register == Self.framePointer { state.framePointer = initial.framePointer }
    }

    /// A factored offset, which is unsigned in most instructions.
    private func scaled(_ factor: UInt64) -> Int64 { Int64(truncatingIfNeeded: factor) &* common.dataUnit }

    private mutating func step(_ cursor: inout Cursor) throws(DWARFError) {
      let start = cursor.offset
      let code = try cursor.u8()
      let operand = UInt64(code & 0x3f)
      switch code >> 6 {
      case 1: return advance(to: address &+ operand &* common.codeUnit)  // DW_CFA_advance_loc
      case 2: return set(operand, .saved(scaled(try cursor.uleb())))  // DW_CFA_offset
      case 3: return restore(operand)  // DW_CFA_restore
      default: break
      }
      switch code {
      case 0x00: break  // DW_CFA_nop
      case 0x01: advance(to: try cursor.unsigned(8))  // DW_CFA_set_loc
      case 0x02...0x04:  // DW_CFA_advance_loc1, 2, 4
        advance(to: address &+ (try cursor.unsigned(1 << Int(code - 2))) &* common.codeUnit)
      case 0x0a:  // DW_CFA_remember_state
        guard remembered.count < Self.maxRemembered else {
          throw cursor.error(.nestedTooDeep(limit: Self.maxRemembered), at: start)
        }
        remembered.append(state)
      case 0x0b: state = remembered.popLast() ?? state  // DW_CFA_restore_state
      case 0x0c...0x0f, 0x12, 0x13: try setBase(code, &cursor)
      case 0x2e: _ = try cursor.uleb()  // DW_CFA_GNU_args_size
      default: try setRule(code, &cursor, start)
      }
    }

    /// The instructions that say where the frame is.
    private mutating func setBase(_ code: UInt8, _ cursor: inout Cursor) throws(DWARFError) {
      state.isBaseUnknown = false
      switch code {
      case 0x0c:  // DW_CFA_def_cfa
        state.base.register = try cursor.uleb()
        state.base.offset = Int64(truncatingIfNeeded: try cursor.uleb())
      // Assemblers first set the register alone: until then, the offset is 0.
      case 0x0d: state.base.register = try cursor.uleb()  // DW_CFA_def_cfa_register
      case 0x0e: state.base.offset = Int64(truncatingIfNeeded: try cursor.uleb())  // DW_CFA_def_cfa_offset
      case 0x12:  // DW_CFA_def_cfa_sf
        state.base.register = try cursor.uleb()
        state.base.offset = try cursor.sleb() &* common.dataUnit
      case 0x13: state.base.offset = try cursor.sleb() &* common.dataUnit  // DW_CFA_def_cfa_offset_sf
      default:  // DW_CFA_def_cfa_expression
        try cursor.skip(try cursor.uleb())
        state.isBaseUnknown = true
      }
    }

    /// The instructions that say where a register is.
    private mutating func setRule(
      _ code: UInt8, _ cursor: inout Cursor, _ start: Int
    ) throws(DWARFError) {
      guard (0x05...0x16).contains(code) else {
        throw cursor.error(.unknownFrameInstruction(code), at: start)
      }
      let register = try cursor.uleb()
      switch code {
      case 0x05: set(register, .saved(scaled(try cursor.uleb())))  // DW_CFA_offset_extended
      case 0x06: restore(register)  // DW_CFA_restore_extended
      case 0x07: set(register, .unknown)  // DW_CFA_undefined
      case 0x08: set(register, .same)  // DW_CFA_same_value
      case 0x09: set(register, .register(try cursor.uleb()))  // DW_CFA_register
      case 0x11: set(register, .saved(try cursor.sleb() &* common.dataUnit))  // DW_CFA_offset_extended_sf
      case 0x10, 0x16:  // DW_CFA_expression, DW_CFA_val_expression
        try cursor.skip(try cursor.uleb())
        set(register, .unknown)
      default:  // DW_CFA_val_offset, DW_CFA_val_offset_sf
        _ = try cursor.uleb()
        set(register, .unknown)
      }
    }
  }
}

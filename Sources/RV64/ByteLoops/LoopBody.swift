/// The body of a loop that may be a `ByteLoop`. Its instructions are followed one by one, without the values
/// of registers.
struct LoopBody {
  static let longest = 12

  /// What a register holds at some point of the body.
  fileprivate enum Content: Equatable {
    /// What `register` held at the head, plus `offset`.
    case linear(register: UInt8, offset: Int64)
    /// The low word of what this register itself held at the head, plus `offset`, sign-extended.
    case word(offset: Int64)
    case loaded(order: Int)
  }

  struct Access {
    var access: MemoryAccess
    var order: Int
    /// The register that is loaded or stored.
    var value: UInt8
    fileprivate var base: Content
    fileprivate var offset: Int64

    /// Bytes.
    var unit: UInt64 { UInt64(access.size) }
  }

  struct Exit {
    var order: Int
    var rs1, rs2: UInt8
  }

  private(set) var loads: [Access] = []
  private(set) var stores: [Access] = []
  /// The branch out of the middle.
  private(set) var exit: Exit?
  private var contents: [UInt8: Content] = [:]
  private var steps: [UInt8: Int64] = [:]
  private(set) var updates = ByteLoop.Updates()
  private var order = 0

  private func content(_ register: UInt8) -> Content {
    contents[register] ?? .linear(register: register, offset: 0)
  }

  /// Takes in the next instruction. Returns false if no byte loop has one like it.
  mutating func follow(_ instruction: DecodedInstruction) -> Bool {
    order += 1
    let (operation, rd) = (instruction.operation, instruction.rd)
    switch operation.effect {
    case .load(let access)?:
      guard rd != DecodedInstruction.discardedRegister, loads.count < 2 else { return false }
      loads.append(
        Access(
          access: access, order: order, value: rd, base: content(instruction.rs1),
          offset: instruction.immediate))
      contents[rd] = .loaded(order: order)
      return true
    case .store(let access)?:
      guard stores.isEmpty else { return false }
      stores.append(
        Access(
          access: access, order: order, value: instruction.rs2, base: content(instruction.rs1),
          offset: instruction.immediate))
      // What is stored must be what was loaded last, or a register that no iteration changes.
      if case .loaded? = contents[instruction.rs2] { return true }
      return contents[instruction.rs2] == nil
    case .branch(.notEqual)?:
      guard exit == nil, instruction.rs1 != instruction.rs2 else { return false }
      exit = Exit(order: order, rs1: instruction.rs1, rs2: instruction.rs2)
      // It compares what was loaded, as it was loaded.
      return isLoaded(instruction.rs1) && isLoaded(instruction.rs2)
    case .value?:
      guard rd != DecodedInstruction.discardedRegister else { return false }
      return follow(operation.sum, of: instruction)
    default: return false
    }
  }

  /// Takes in an instruction that computes a sum of rs1 and its constant.
  private mutating func follow(_ sum: Sum?, of instruction: DecodedInstruction) -> Bool {
    let rd = instruction.rd
    switch sum {
    case .doubleword?:
      guard instruction.rs1 != 0, case .linear(let register, let offset) = content(instruction.rs1) else {
        return false
      }
      contents[rd] = .linear(register: register, offset: offset &+ instruction.immediate)
    case .word?:
      guard rd == instruction.rs1, contents[rd] == nil else { return false }
      contents[rd] = .word(offset: instruction.immediate)
    case nil: return false
    }
    return true
  }

  /// Whether `register` ends the iteration with what it loaded last.
  func isLoaded(_ register: UInt8) -> Bool {
    if case .loaded? = contents[register] { return true }
    return false
  }

  func isUntouched(_ register: UInt8) -> Bool { contents[register] == nil }

  /// Finds by how much each register grows in an iteration, and what each register holds after some
  /// iterations. Returns false if that does not follow from what they hold at the head of the first
  /// iteration.
  mutating func findSteps() -> Bool {
    for (register, content) in contents {
      if case .linear(register, let offset) = content { steps[register] = offset }
      if case .word(let offset) = content { steps[register] = offset }
    }
    // In the order of the registers, so that nothing depends on the dictionary's.
    for register in contents.keys.sorted() {
      switch contents[register] {
      case .linear(let base, let offset):
        guard let value = linear(base, offset) else { return false }
        // After k iterations, the register has what the kth gave it.
        let update = ByteLoop.Update(register: register, value: value)
        guard updates.append(update) else { return false }
      case .word(let offset):
        let value = ByteLoop.Linear(register: register, step: offset, offset: offset)
        guard updates.append(ByteLoop.Update(register: register, value: value, isWord: true)) else {
          return false
        }
      default: break
      }
    }
    return true
  }

  /// What `register` held at the head of an iteration, plus `offset`. Nil if the register neither stays the
  /// same nor grows by a constant.
  private func linear(_ register: UInt8, _ offset: Int64) -> ByteLoop.Linear? {
    switch contents[register] {
    case nil: return ByteLoop.Linear(register: register, offset: offset)
    case .linear(register, let step): return ByteLoop.Linear(register: register, step: step, offset: offset)
    default: return nil
    }
  }

  private func linear(_ content: Content) -> ByteLoop.Linear? {
    guard case .linear(let register, let offset) = content else { return nil }
    return linear(register, offset)
  }

  func address(_ access: Access) -> ByteLoop.Linear? {
    guard var address = linear(access.base) else { return nil }
    address.offset &+= access.offset
    return address
  }

  /// For how long a branch to the head is taken; nil if that is not known.
  func condition(_ branch: DecodedInstruction) -> ByteLoop.Condition? {
    guard case .branch(let comparison)? = branch.operation.effect else { return nil }
    if comparison == .notEqual && branch.rs2 == 0, case .word(let step)? = contents[branch.rs1] {
      let counter = ByteLoop.Linear(register: branch.rs1, step: step, offset: step)
      return step == -1 ? .countdown(counter) : nil
    }
    guard let a = linear(content(branch.rs1)), let b = linear(content(branch.rs2)) else { return nil }
    switch comparison {
    case .notEqual where a.step != b.step: return .differ(a, b)
    case .below where a.step > 0 && b.step == 0: return .below(a, b)
    case .less where a.step > 0 && b.step == 0: return .belowSigned(a, b)
    default: return nil
    }
  }
}

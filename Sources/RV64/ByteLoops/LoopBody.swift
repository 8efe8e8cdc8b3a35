/// The body of what may be a `ByteLoop`, followed symbolically, instruction by instruction.
struct LoopBody {
  static let longest = 12

  /// What a register holds at some point of the body.
  fileprivate enum Content: Equatable {
    /// What `register` held at the head, plus `offset`.
    case linear(register: UInt8, offset: Int64)
    /// The low word of what the register itself held at the head, plus `offset`, sign-extended.
    case word(offset: Int64)
    case loaded(order: Int)
  }

  struct Access {
    var operation: Operation
    var order: Int
    var unit: UInt64
    /// The register that is loaded or stored.
    var value: UInt8
    fileprivate var base: Content
    fileprivate var offset: Int64
  }

  struct Exit {
    var operation: Operation
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

  /// Takes the next instruction in; false where no byte loop has one like it.
  mutating func follow(_ instruction: DecodedInstruction) -> Bool {
    order += 1
    let operation = instruction.operation
    let rd = instruction.rd
    if let unit = operation.loadSize {
      guard rd != DecodedInstruction.discardedRegister, loads.count < 2 else { return false }
      loads.append(
        Access(
          operation: operation, order: order, unit: unit, value: rd, base: content(instruction.rs1),
          offset: instruction.immediate))
      contents[rd] = .loaded(order: order)
      return true
    }
    if let unit = operation.storeSize {
      guard stores.isEmpty else { return false }
      stores.append(
        Access(
          operation: operation, order: order, unit: unit, value: instruction.rs2,
          base: content(instruction.rs1), offset: instruction.immediate))
      // What is stored must be what was loaded last, or a register that no iteration changes.
      if case .loaded? = contents[instruction.rs2] { return true }
      return contents[instruction.rs2] == nil
    }
    switch operation {
    case .addi:
      guard rd != DecodedInstruction.discardedRegister, instruction.rs1 != 0,
        case .linear(let register, let offset) = content(instruction.rs1)
      else { return false }
      contents[rd] = .linear(register: register, offset: offset &+ instruction.immediate)
    case .add:
      // `c.mv`
      guard rd != DecodedInstruction.discardedRegister, instruction.rs1 == 0,
        case .linear(let register, let offset) = content(instruction.rs2)
      else { return false }
      contents[rd] = .linear(register: register, offset: offset)
    case .addiw:
      guard rd != DecodedInstruction.discardedRegister, rd == instruction.rs1, contents[rd] == nil else {
        return false
      }
      contents[rd] = .word(offset: instruction.immediate)
    case .bne:
      guard exit == nil, instruction.rs1 != instruction.rs2 else { return false }
      exit = Exit(operation: operation, order: order, rs1: instruction.rs1, rs2: instruction.rs2)
      // It compares what was loaded, as it was loaded.
      guard case .loaded? = contents[exit?.rs1 ?? 0], case .loaded? = contents[exit?.rs2 ?? 0] else {
        return false
      }
    default: return false
    }
    return true
  }

  /// Whether `register` ends the iteration with what it loaded last.
  func isLoaded(_ register: UInt8) -> Bool {
    if case .loaded? = contents[register] { return true }
    return false
  }

  func isUntouched(_ register: UInt8) -> Bool { contents[register] == nil }

  /// Finds by how much each register grows, and what every one is after some iterations; false where that does not follow
  /// from the head of the first.
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

  /// What `register` held at the head of an iteration, plus `offset`; nil where the register is no induction and does not stay.
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

  /// How long a branch to the head is taken.
  func condition(_ branch: DecodedInstruction) -> ByteLoop.Condition? {
    if branch.operation == .bne && branch.rs2 == 0, case .word(let step)? = contents[branch.rs1] {
      let counter = ByteLoop.Linear(register: branch.rs1, step: step, offset: step)
      return step == -1 ? .countdown(counter) : nil
    }
    guard let a = linear(content(branch.rs1)), let b = linear(content(branch.rs2)) else { return nil }
    switch branch.operation {
    case .bne where a.step != b.step: return .differ(a, b)
    case .bltu where a.step > 0 && b.step == 0: return .below(a, b)
    case .blt where a.step > 0 && b.step == 0: return .belowSigned(a, b)
    default: return nil
    }
  }
}

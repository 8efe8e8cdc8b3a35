/// A loop of one block that fills, copies or compares memory, one unit (1, 2, 4 or 8 bytes) in each
/// iteration: xv6's `memset`, `memmove` and `memcmp`, as any compiler writes them. It is recognised by what
/// its instructions do.
///
/// The body is followed without the values of registers. At its end each register that it wrote must be one
/// of these:
///
/// - an *induction*: what it held at the head, plus a constant step;
/// - *derived*: what another register held at the head, plus a constant;
/// - *loaded*: what the iteration has loaded.
///
/// Addresses must be inductions or derived from them, and move by one unit, up or down, in each iteration.
/// The last instruction must be a branch to the head. Then the state after any number of iterations follows
/// from the state at the head. `HartByteLoop.swift` does many iterations at once, and always leaves at least
/// the last one to the interpreter.
struct ByteLoop {
  /// At the head of iteration j the register holds x[register] + j * step. A value in the loop is that plus
  /// `offset`.
  struct Linear: Equatable {
    var register: UInt8
    var step: Int64 = 0
    var offset: Int64 = 0
  }

  /// What is to be written to a register after k iterations.
  struct Update {
    var register: UInt8
    var value: Linear
    /// Only the low word counts, sign-extended (`addiw`).
    var isWord = false
  }

  enum Action {
    /// Stores what `register` holds throughout.
    case fill(register: UInt8)
    case copy
    /// Leaves the loop if the two loads differ.
    case compare
  }

  /// For how long the loop goes on. Both sides are compared after the steps of the iteration itself.
  enum Condition {
    /// While they differ.
    case differ(Linear, Linear)
    /// While the first, which rises, is below the second, which stays.
    case below(Linear, Linear)
    case belowSigned(Linear, Linear)
    /// While the low word of a counter that falls by one is not zero.
    case countdown(Linear)
  }

  private(set) var action: Action
  private(set) var condition: Condition
  /// The addresses of the load and the store of an iteration; in a comparison, of the first and the second
  /// load.
  private(set) var source: Linear
  private(set) var target: Linear
  /// Bytes in each iteration. Addresses move by as many, up or down.
  private(set) var unit: UInt64
  /// The registers that hold what was last loaded from `source` and, in a comparison, from `target`. Nil if
  /// the loop loads nothing.
  private(set) var loaded: (UInt8, UInt8)?
  /// What the loads read, and how it is extended.
  private(set) var load: MemoryAccess
  /// Instructions in each iteration.
  private(set) var length: UInt64
  private(set) var updates: Updates

  /// At most four, without an allocation.
  struct Updates {
    var first, second, third, fourth: Update?
    /// False if there is no room.
    mutating func append(_ update: Update) -> Bool {
      guard fourth == nil else { return false }
      (first, second, third, fourth) = (update, first, second, third)
      return true
    }
  }

  /// The loop that a block's `count` instructions begin with, if they do.
  init?(_ instructions: UnsafeMutablePointer<DecodedInstruction>, count: Int) {
    let head = Int64(instructions[0].offset)
    let end = (0..<min(count, LoopBody.longest)).first {
      instructions[$0].operation.isBranch && instructions[$0].immediate == head
    }
    guard let end else { return nil }
    var body = LoopBody()
    for n in 0..<end {
      guard body.follow(instructions[n]) else { return nil }
    }
    self.init(body, until: instructions[end], length: instructions[end].through)
  }

  private init?(_ body: LoopBody, until branch: DecodedInstruction, length: UInt8) {
    var body = body
    guard body.findSteps() else { return nil }
    self.length = UInt64(length)
    updates = body.updates

    switch (body.loads.count, body.stores.count, body.exit) {
    case (0, 1, nil):
      let store = body.stores[0]
      guard body.isUntouched(store.value), let target = body.address(store) else { return nil }
      action = .fill(register: store.value)
      (source, self.target, unit, load, loaded) = (target, target, store.unit, store.access, nil)
    case (1, 1, nil):
      let (read, store) = (body.loads[0], body.stores[0])
      guard store.value == read.value, store.unit == read.unit, body.isLoaded(read.value),
        store.order > read.order, let source = body.address(read), let target = body.address(store),
        source.step == target.step
      else { return nil }
      action = .copy
      (self.source, self.target, unit, load) = (source, target, read.unit, read.access)
      loaded = (read.value, read.value)
    case (2, 0, .some(let exit)):
      let (a, b) = (body.loads[0], body.loads[1])
      guard a.access == b.access, a.value != b.value, body.isLoaded(a.value), body.isLoaded(b.value),
        exit.order > b.order,
        exit.rs1 == a.value && exit.rs2 == b.value || exit.rs1 == b.value && exit.rs2 == a.value,
        let source = body.address(a), let target = body.address(b), source.step == target.step
      else { return nil }
      action = .compare
      (self.source, self.target, unit, load) = (source, target, a.unit, a.access)
      loaded = (a.value, b.value)
    default: return nil
    }
    guard abs(target.step) == Int64(unit), let condition = body.condition(branch) else { return nil }
    self.condition = condition
  }
}

import ObjectFile
import VirtBoard

/// Makes loads and stores at physical addresses, as a guest in M mode does: its program walks through a list
/// in RAM.
///
/// If no device and no RAM is at the address, that is an access fault. The program's trap handler counts it
/// and skips the instruction.
struct AccessMachine {
  /// One access of 1 << `size` bytes.
  struct Access {
    var address: UInt64
    var size: UInt32
    /// The value to store, or nil for a load.
    var value: UInt64?
  }

  /// Where the list is. Each entry is an address and a value.
  static let list = Board.ramBase + 0x8000
  /// RAM that a test may use for anything.
  static let free = Board.ramBase + 0x1_0000
  static let memorySize: UInt64 = 1 << 18
  /// How many instructions an access takes, and how many the trap handler takes.
  private static let accessLength: UInt64 = 5
  private static let handlerLength: UInt64 = 5
  static let maxAccesses = 512

  let board: Board
  private let accesses: [Access]
  private let prologueLength: UInt64

  /// A board with `disk`, on which the program will make `accesses`. `ram` has pairs of an address and bytes
  /// to store there.
  init(_ accesses: [Access], disk: [UInt8], legacy: Bool, ram: [(UInt64, [UInt8])] = []) throws {
    self.accesses = Array(accesses.prefix(Self.maxAccesses))
    var code = Assembly()
    // The handler: count in s5, then go on with the next instruction.
    code.jal(6 * 4)
    code.addi(Assembly.s5, Assembly.s5, 1)
    code.csrr(Assembly.t2, Assembly.mepc)
    code.addi(Assembly.t2, Assembly.t2, 4)
    code.csrw(Assembly.mepc, Assembly.t2)
    code.mret()
    let skipped = code.words.count - 1
    code.load(Assembly.t0, Board.ramBase + 4)
    code.csrw(Assembly.mtvec, Assembly.t0)
    code.load(Assembly.s0, Self.list)
    prologueLength = UInt64(code.words.count - skipped)
    for access in self.accesses {
      code.ld(Assembly.t0, Assembly.s0)
      code.ld(Assembly.t1, Assembly.s0, 8)
      if access.value == nil {
        code.load(size: access.size, Assembly.t1, Assembly.t0)
      } else {
        code.store(size: access.size, Assembly.t1, Assembly.t0)
      }
      code.sd(Assembly.t1, Assembly.s0, 8)
      code.addi(Assembly.s0, Assembly.s0, 16)
    }
    // Store the count of faults after the list, then wait for ever.
    code.sd(Assembly.s5, Assembly.s0)
    code.word(0x1050_0073)
    code.jal(-4)

    var configuration = BoardConfiguration()
    configuration.memorySize = Self.memorySize
    configuration.disk = disk
    configuration.virtio = legacy ? .legacy : .modern
    configuration.instructionLimit = 1_000_000
    configuration.consoleLimit = 4096
    board = try Board(kernel: ELF(parsing: Assembly.elf(code.bytes, at: Board.ramBase)), configuration)
    for (address, bytes) in ram { _ = bytes.withUnsafeBytes { board.memory.write(address, from: $0) } }
    for (n, access) in self.accesses.enumerated() {
      board.memory.store64(Self.list + 16 * UInt64(n), access.address)
      board.memory.store64(Self.list + 16 * UInt64(n) + 8, access.value ?? 0)
    }
  }

  /// Makes the accesses. Promises that each was either carried out or refused, exactly once. Returns the
  /// loaded values, and why the board stopped. `overwrites` means that a device may have written over the
  /// program or the list.
  func run(overwrites: Bool = false) throws -> (values: [UInt64], stop: BoardStop) {
    let stop = board.run()
    let count = UInt64(accesses.count)
    if !overwrites, stop == .deadlocked || stop == .idle {
      let faults = board.memory.load64(Self.list + 16 * count)
      try promise(faults <= count, "an access faults once at most: \(faults) of \(count)")
      let expected = prologueLength + Self.accessLength * count + 1 + 1 + (Self.handlerLength - 1) * faults
      try promiseSame(board.retired, expected, "retired instructions, counted and expected")
    }
    return (accesses.indices.map { board.memory.load64(Self.list + 16 * UInt64($0) + 8) }, stop)
  }
}

import ObjectFile
import VirtBoard

/// Loads and stores at physical addresses, as a guest in M mode makes them: a program that walks through a list in RAM.
///
/// What nothing answers is an access fault, which the program's trap handler counts and skips.
struct AccessMachine {
  /// One access of 1 << `size` bytes.
  struct Access {
    var address: UInt64
    var size: UInt32
    /// What is stored; nil is a load.
    var value: UInt64?
  }

  /// Where the list lies: an address and a value each.
  static let list = Board.ramBase + 0x8000
  /// RAM that a test may use as it likes.
  static let free = Board.ramBase + 0x1_0000
  static let memorySize: UInt64 = 1 << 18
  /// Instructions that an access takes, and those of a trap's handler.
  private static let accessLength: UInt64 = 5
  private static let handlerLength: UInt64 = 5
  static let maxAccesses = 512

  let board: Board
  private let accesses: [Access]
  private let prologueLength: UInt64

  /// A board with `disk` and `ram`, pairs of an address and bytes, that will make `accesses`.
  init(_ accesses: [Access], disk: [UInt8], legacy: Bool, ram: [(UInt64, [UInt8])] = []) throws {
    self.accesses = Array(accesses.prefix(Self.maxAccesses))
    var code = Assembly()
    // The handler: count in s5, on to the next instruction.
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
    // Store the count of faults behind the list, and wait for ever.
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

  /// Makes the accesses and promises that each was carried out or refused, exactly once; answers what the loads gave and
  /// why the board stopped. `overwrites` says that a device may have written to the program or to the list.
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

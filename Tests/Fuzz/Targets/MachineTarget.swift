import ObjectFile
import VirtBoard

extension FuzzTarget {
  /// A bare-metal program as raw bytes. The input is: harts, seed, kind of board, how much runs before the
  /// snapshot, the typed bytes, and code. Every hart enters the code in M mode with pointers to the devices
  /// in its registers.
  static let machine = FuzzTarget(
    name: "machine", maxLength: 512,
    seeds: {
      var devices = Assembly()
      // UART: send, interrupts on; CLINT: timer; PLIC: priority; a wait
      devices.addi(Assembly.t0, Assembly.zero, 65)
      devices.store(size: 0, Assembly.t0, Assembly.s0)
      devices.word(0x0054_00A3)  // sb t0, 1(s0)
      devices.word(0x0053_9023)  // sh t0, 0(t2)
      devices.word(0x0054_A023)  // sw t0, 0(s1)
      devices.word(0x1050_0073)  // wfi
      devices.ecall()
      var privileged = Assembly()
      privileged.load(Assembly.t0, 0xFFFF_FFFF)
      for csr: UInt32 in [0x300, 0x302, 0x303, 0x304, 0x30A, 0x3A0, 0x3B0, 0x180, 0x141, 0x105, 0x14D] {
        privileged.csrw(csr, Assembly.t0)
        privileged.csrr(Assembly.t1, csr)
      }
      privileged.word(0x1200_0073)  // sfence.vma
      privileged.word(0x1020_0073)  // sret
      privileged.mret()
      return [
        [1, 7, 0, 9, 65] + devices.bytes, [0, 1, 3, 40, 0] + privileged.bytes,
        [3, 1, 1, 1, 0, 0x6F, 0, 0, 0],
      ]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      var configuration = BoardConfiguration()
      configuration.harts = 1 + input.choice(4)
      configuration.seed = UInt64(input.byte())
      let kind = input.byte()
      configuration.pmp = kind & 1 == 0 ? .permissive : .strict
      configuration.virtio = [.automatic, .legacy, .modern][Int(kind >> 1) % 3]
      configuration.disk = [UInt8](repeating: 0x5A, count: 8 * 512)
      configuration.memorySize = 1 << 18
      configuration.instructionLimit = 20_000
      configuration.consoleLimit = 4096
      let cut = UInt64(input.byte()) * 64
      let typed = input.bytes(1)
      let program = try ELF(parsing: Assembly.elf(prologue + input.rest, at: Board.ramBase))

      let whole = try BoardRun(Board(kernel: program, configuration), typed)
      let stop = whole.board.run()
      let sliced = try BoardRun(Board(kernel: program, configuration), typed)
      let sliceStop = sliced.inSlices(of: 1 + cut)
      try whole.promiseSame(as: sliced, stop, sliceStop, "a run in one piece and in slices")

      let first = try BoardRun(Board(kernel: program, configuration), typed)
      let early = first.board.run(until: cut)
      guard early == .limit, first.board.retired < configuration.instructionLimit else { return }
      let second = try BoardRun(Board(restoring: first.board.snapshot()), [])
      second.console = first.console
      let end = second.board.run()
      try whole.promiseSame(as: second, stop, end, "a run through, and from a snapshot")
    })

  /// Sets registers that point to devices and RAM, and a trap handler that skips two bytes, so that random
  /// code goes on.
  private static let prologue: [UInt8] = {
    var code = Assembly()
    code.jal(5 * 4)
    code.csrr(31, Assembly.mepc)
    code.addi(31, 31, 2)
    code.csrw(Assembly.mepc, 31)
    code.mret()
    code.load(Assembly.t0, Board.ramBase + 4)
    code.csrw(Assembly.mtvec, Assembly.t0)
    code.load(Assembly.sp, Board.ramBase + 0x20000)
    for (register, address): (UInt32, UInt64) in [
      (Assembly.s0, 0x1000_0000), (Assembly.s1, 0x0200_0000), (12, 0x0C00_0000), (13, 0x1000_1000),
      (14, 0x0C20_0000), (15, 0x0C00_2000), (Assembly.t2, 0x10_0000), (16, 0x0200_4000),
      (Assembly.a7, 0x0200_BFF8),
    ] { code.load(register, address) }
    return code.bytes
  }()
}

/// A board during its run, with its console.
private final class BoardRun {
  let board: Board
  var console: [UInt8] = []

  init(_ board: Board, _ typed: [UInt8]) {
    self.board = board
    board.onConsoleOutput = { [unowned self] in console += $0 }
    if !typed.isEmpty { board.type(typed) }
  }

  func inSlices(of count: UInt64) -> BoardStop {
    while true {
      let stop = board.run(until: board.retired + count)
      if stop != .limit || board.retired >= board.configuration.instructionLimit { return stop }
    }
  }

  func promiseSame(as other: BoardRun, _ stop: BoardStop, _ otherStop: BoardStop, _ what: String) throws {
    try FuzzTargets.promiseSame(stop, otherStop, "\(what): why it stopped")
    try FuzzTargets.promiseSame(board.retired, other.board.retired, "\(what): retired instructions")
    try FuzzTargets.promiseSame(board.time, other.board.time, "\(what): time")
    try FuzzTargets.promiseSame(console, other.console, "\(what): console")
    try promise(board.disk == other.board.disk, "\(what): disk")
    let size = Int(board.memory.size)
    try promise(
      board.readVirtual(satp: 0, va: Board.ramBase, count: size)
        == other.board.readVirtual(satp: 0, va: Board.ramBase, count: size), "\(what): RAM")
    try promise(
      board.memory.size == other.board.memory.size && board.virtioVersion == other.board.virtioVersion,
      "\(what): the board")
  }
}

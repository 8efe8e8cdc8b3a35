/// The layout of the RAM of a batch: the monitor (`labs/guests/differential.c`), its header, and a slot
/// for each program. The monitor has the same figures.
enum Layout {
  static let ramBase: UInt64 = 0x8000_0000
  /// RAM of both machines. QEMU puts its device tree near the end.
  static let ramSize: UInt64 = 128 << 20
  /// The number of the next program, and the number to stop before.
  static let header: UInt64 = 0x8000_2000
  static let firstSlot: UInt64 = 0x8010_0000
  static let slotSize: UInt64 = 128 << 10
  /// As many slots as leave the device tree alone.
  static let slots = 768

  /// The page whose words tell the machine that a program is done, or all are.
  static let finisher: UInt64 = 0x10_0000
  /// The timer's register, which the monitor sets once.
  static let timer: UInt64 = 0x200_4000
  static let oneDone: UInt64 = 1

  static func slot(_ n: Int) -> UInt64 { firstSlot + UInt64(n) * slotSize }

  // Within a slot: first the parameters, a doubleword each; x<n> lies at 8 * n.
  static let entry: UInt64 = 0
  static let codeVA: UInt64 = 512
  static let codeReach: UInt64 = 520
  static let codeEnd: UInt64 = 528
  static let codePA: UInt64 = 536
  static let handlerVA: UInt64 = 552
  static let frameLimit: UInt64 = 560
  static let nextLanding: UInt64 = 568
  static let landings: UInt64 = 576
  static let landingCount = 32
  /// Where the last frame lies, when the program is done; CSRs follow.
  static let lastFrame: UInt64 = 1032
  static let finalCSRs: UInt64 = 1040
  static let finalCSRNames = [
    "mie", "mideleg", "medeleg", "stvec", "sscratch", "satp", "mcounteren", "scounteren", "senvcfg",
    "pmpcfg0",
    "pmpcfg2", "misa", "sie", "sip", "sstatus", "menvcfg", "mtvec",
  ]
  /// What a trap leaves: registers, and from 256 on CSRs.
  static let frames: UInt64 = 0x1000
  static let frameSize: UInt64 = 320
  static let frameCSRs: UInt64 = 256
  static let frameCSRNames = ["mcause", "mepc", "mtval", "mstatus", "scause", "sepc", "stval", "mip"]
  static let mostTraps = 100
  static let code: UInt64 = 0x9000
  static let codeSize: UInt64 = 0x2000
  /// `ecall; sret`, S mode's trap handler.
  static let handler: UInt64 = 0xB000
  static let data: UInt64 = 0xC000
  static let dataSize: UInt64 = 0x4000
  static let tables: UInt64 = 0x10000
  static let tableCount = 16

  /// Where in a slot the initial value of a CSR lies.
  static let parameters: [(name: String, offset: UInt64)] =
    [
      ("mstatus", 256), ("medeleg", 264), ("mideleg", 272), ("mie", 280), ("stvec", 288), ("sscratch", 296),
      ("sepc", 304), ("scause", 312), ("stval", 320), ("satp", 328), ("mcounteren", 336), ("scounteren", 344),
      ("senvcfg", 352), ("mip", 360), ("pmpcfg0", 368), ("menvcfg", 496), ("mcause", 504),
    ] + (4..<8).map { ("pmpaddr\($0)", 368 + 8 * UInt64($0)) }
}

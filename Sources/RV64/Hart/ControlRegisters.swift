import Sv39MMU

/// The bits of `mstatus` (privileged specification, "Machine Status Registers"). This hart has no floating
/// point and no vectors (FS, VS, XS and SD are zero), is little-endian (UBE, SBE, MBE are zero) and 64-bit in
/// every mode.
enum Status {
  static let sie: UInt64 = 1 << 1
  static let mie: UInt64 = 1 << 3
  static let spie: UInt64 = 1 << 5
  static let mpie: UInt64 = 1 << 7
  static let spp: UInt64 = 1 << 8
  static let mppShift: UInt64 = 11
  static let mppMask: UInt64 = 3 << 11
  static let mprv: UInt64 = 1 << 17
  static let sum: UInt64 = 1 << 18
  static let mxr: UInt64 = 1 << 19
  static let tvm: UInt64 = 1 << 20
  static let tw: UInt64 = 1 << 21
  static let tsr: UInt64 = 1 << 22
  /// UXL and SXL: 64 bits.
  static let widths: UInt64 = 2 << 32 | 2 << 34

  private static let writable = sie | mie | spie | mpie | spp | mprv | sum | mxr | tvm | tw | tsr
  /// The bits that S mode sees as `sstatus`, and may write.
  static let supervisorWritable = sie | spie | spp | sum | mxr
  /// Those of them that decide which interrupts are taken, and do not concern memory.
  static let interruptStack = sie | spie | spp
  static let supervisorReadable = supervisorWritable | 3 << 32

  /// The contents after a write of `value` to a register that held `old`. MPP never becomes 2, which is no
  /// mode; it keeps its old value then.
  static func legal(_ value: UInt64, keeping old: UInt64) -> UInt64 {
    let mpp = value & mppMask == 2 << mppShift ? old & mppMask : value & mppMask
    return value & writable | mpp | widths
  }

  /// The mode in MPP.
  static func mpp(_ status: UInt64) -> PrivilegeMode {
    PrivilegeMode(rawValue: UInt8(truncatingIfNeeded: (status & mppMask) >> mppShift)) ?? .user
  }
}

/// The interrupts, by their exception code, which is also their bit in `mip` and `mie`.
package enum Interrupt: UInt64, Sendable, CaseIterable {
  case supervisorSoftware = 1
  case machineSoftware = 3
  case supervisorTimer = 5
  case machineTimer = 7
  case supervisorExternal = 9
  case machineExternal = 11

  package var bit: UInt64 { 1 << rawValue }

  /// Highest priority first.
  static let byPriority: [Interrupt] = [
    .machineExternal, .machineSoftware, .machineTimer, .supervisorExternal, .supervisorSoftware,
    .supervisorTimer,
  ]

  /// The S-level interrupts: those that `mideleg` can hand to S mode.
  static let supervisorBits: UInt64 = 1 << 1 | 1 << 5 | 1 << 9
  static let allBits: UInt64 = supervisorBits | 1 << 3 | 1 << 7 | 1 << 11
}

/// The control and status registers that hold what was written, as far as it is legal. `Hart.readCSR` and
/// `writeCSR` define how each is seen.
struct ControlRegisters: Equatable {
  var mstatus = Status.widths
  var medeleg: UInt64 = 0
  var mideleg: UInt64 = 0
  var mie: UInt64 = 0
  /// The bits of `mip` that software sets: SSIP, STIP, SEIP.
  var softwarePending: UInt64 = 0
  /// The bits of `mip` that devices hold up.
  var lines: UInt64 = 0
  var mtvec: UInt64 = 0
  var mcounteren: UInt64 = 0
  var menvcfg: UInt64 = 0
  var mscratch: UInt64 = 0
  var mepc: UInt64 = 0
  var mcause: UInt64 = 0
  var mtval: UInt64 = 0
  var stvec: UInt64 = 0
  var scounteren: UInt64 = 0
  var senvcfg: UInt64 = 0
  var sscratch: UInt64 = 0
  var sepc: UInt64 = 0
  var scause: UInt64 = 0
  var stval: UInt64 = 0
  var stimecmp: UInt64 = .max
  /// `mcycle` and `minstret` are `retired` plus these.
  var cycleOffset: UInt64 = 0
  var instretOffset: UInt64 = 0

  /// FIOM. Fences of a machine that runs one hart at a time need not heed it.
  static let fiom: UInt64 = 1
  /// Of `menvcfg` and `senvcfg`: CBIE, which gives `cbo.inval` and has the values 0, 1 and 3; CBCFE, which
  /// gives `cbo.clean` and `cbo.flush`; and CBZE, which gives `cbo.zero`.
  static let cbie: UInt64 = 3 << 4
  static let cbieFlush: UInt64 = 1 << 4
  static let cbcfe: UInt64 = 1 << 6
  static let cbze: UInt64 = 1 << 7
  /// The fields that both have.
  private static let environment = fiom | cbie | cbcfe | cbze

  /// What `menvcfg` (with STCE) or `senvcfg` holds after a write of `value`, if it held `old`. CBIE never
  /// becomes 2, which is reserved; it keeps its old value then.
  static func legalEnvironment(_ value: UInt64, with stce: UInt64 = 0, keeping old: UInt64) -> UInt64 {
    let kept = value & cbie == 2 << 4 ? value & ~cbie | old & cbie : value
    return kept & (environment | stce)
  }

  /// `menvcfg.STCE`: S mode has `stimecmp` (Sstc).
  static let stce: UInt64 = 1 << 63
  /// The counters that U mode may be given: CY, TM, IR.
  static let counters: UInt64 = 7
  /// The exceptions that may be delegated: all that this hart raises below M mode.
  static let delegable: UInt64 = 0xB3FF
}

/// The control and status registers of this hart, by number. The name of a case is the specification's.
///
/// The number itself says who may do what (privileged specification, "CSR Address Mapping Conventions"). Bits
/// 9...8 are the lowest privilege that may access it. If bits 11...10 are both set, it is read-only.
package enum CSR: UInt16, Sendable, CaseIterable {
  // Unprivileged counters.
  case cycle = 0xC00
  case time = 0xC01
  case instret = 0xC02

  // Supervisor.
  case sstatus = 0x100
  case sie = 0x104
  case stvec = 0x105
  case scounteren = 0x106
  case senvcfg = 0x10A
  case sscratch = 0x140
  case sepc = 0x141
  case scause = 0x142
  case stval = 0x143
  case sip = 0x144
  case stimecmp = 0x14D
  case satp = 0x180

  // Machine.
  case mstatus = 0x300
  case misa = 0x301
  case medeleg = 0x302
  case mideleg = 0x303
  case mie = 0x304
  case mtvec = 0x305
  case mcounteren = 0x306
  case menvcfg = 0x30A
  case mcountinhibit = 0x320
  case mscratch = 0x340
  case mepc = 0x341
  case mcause = 0x342
  case mtval = 0x343
  case mip = 0x344
  case pmpcfg0 = 0x3A0
  case pmpcfg2 = 0x3A2
  case pmpaddr0 = 0x3B0
  case pmpaddr1, pmpaddr2, pmpaddr3, pmpaddr4, pmpaddr5, pmpaddr6, pmpaddr7
  case pmpaddr8, pmpaddr9, pmpaddr10, pmpaddr11, pmpaddr12, pmpaddr13, pmpaddr14, pmpaddr15
  case mcycle = 0xB00
  case minstret = 0xB02
  case mvendorid = 0xF11
  case marchid = 0xF12
  case mimpid = 0xF13
  case mhartid = 0xF14
  case mconfigptr = 0xF15

  package var name: String { String(describing: self) }

  /// The lowest privilege mode that may access it, as `PrivilegeMode`'s raw value.
  package var lowestPrivilege: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8 & 3) }

  /// Whether reading and writing it only moves bits, and has no effect on the next instructions of a block as
  /// long as no interrupt is pending.
  var isPlain: Bool {
    switch self {
    case .sstatus, .sscratch, .sepc, .scause, .stval, .stvec, .mscratch, .mepc, .mcause, .mtval, .mtvec,
      .mhartid:
      true
    default: false
    }
  }

  /// Whether writing it may make an interrupt pending or enabled that was not.
  var decidesInterrupts: Bool {
    switch self {
    case .sie, .sip, .stimecmp, .mie, .mip, .mideleg, .menvcfg: true
    default: false
    }
  }

  /// The number of the PMP entry whose address a `pmpaddr` holds; meaningless for others.
  var pmpEntry: Int { Int(rawValue & 15) }

  /// Whether `number` is a register that exists and is always zero, whatever is written. These are the event
  /// counters and their selectors (privileged specification, "Hardware Performance Monitor": a hart may have
  /// them all read-only zero), and the triggers of the debug specification, whose `tdata1` of zero says that
  /// there is none. Reading an `hpmcounter` below M mode also needs bits of `mcounteren` that are zero.
  static func isEmpty(_ number: UInt16) -> Bool {
    switch number {
    case 0xB03...0xB1F, 0x323...0x33F, 0xC03...0xC1F, 0x7A0...0x7A3: true
    default: false
    }
  }

  /// Whether the register with this number is read-only.
  static func isReadOnly(_ number: UInt16) -> Bool { number >> 10 == 3 }
}

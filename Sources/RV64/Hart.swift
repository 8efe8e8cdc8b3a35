import Sv39MMU

/// One RV64IMAC hart with Zicsr and Zifencei.
///
/// It is a value without copies: whoever runs it holds it, and its hot loop (`execute`) meets no reference counting.
/// Host integers are little-endian, as the guest's are.
package struct Hart: ~Copyable {
  /// The RAM that it executes from and works on.
  package let memory: PhysicalMemory
  /// `mhartid`.
  package let id: UInt64
  /// The address of the next instruction; of the trapping one after a trap.
  package var pc: UInt64 = 0
  /// Retired instructions (`minstret`), exact at every stop. An instruction that traps does not retire.
  package var retired: UInt64 = 0
  /// The privilege mode; M after reset.
  package private(set) var privilege: PrivilegeMode = .machine
  /// The control and status registers that are nothing but their contents.
  var control = ControlRegisters()
  var pmp = PMP()
  /// Whether S and U mode may access memory while no PMP entry is on. The specification says no, as PMP is
  /// implemented; kernels from before QEMU held them to it, xv6's of 2020 among them, never turn one on.
  package var allowsWithoutPMP = true { didSet { forgetTranslations() } }
  /// Time passes with retired instructions: `time` is (`retired` + `timeOffset`) / `instructionsPerTick`. Whoever
  /// runs several harts, or lets idle time pass, adds what this hart did not retire to the offset.
  package var timeOffset: UInt64 = 0
  /// 10 for the 10 MHz clock of QEMU's `virt` board and 100 million instructions a second. Not zero.
  package var instructionsPerTick: UInt64 = 10 {
    didSet { if instructionsPerTick == 0 { instructionsPerTick = 1 } }
  }

  /// x0...x31, and slot 32, where writes to x0 go (`DecodedInstruction.placed`).
  let registers: UnsafeMutablePointer<UInt64>
  /// The host's address of the start of RAM.
  let ram: UnsafeMutableRawPointer
  var blocks = BlockCache()
  private var userTranslations = TranslationCache()
  private var supervisorTranslations = TranslationCache()
  private var machineTranslations = TranslationCache()
  /// The present mode's cached translations for fetches, and the data accesses' mode's for loads and stores.
  private(set) var fetches: UnsafeMutablePointer<CachedTranslation>
  private(set) var loads: UnsafeMutablePointer<CachedTranslation>
  private(set) var stores: UnsafeMutablePointer<CachedTranslation>
  private var storedSatp: UInt64 = 0
  /// The counts of `memory.code` that the caches above agree with.
  private var seenInvalidations: UInt64 = 0
  private var seenMarkedPages: UInt64 = 0

  /// What LR reserved. A trap drops it.
  var reservation: Reservation?
  /// Why the last instruction trapped, as `scause` and `stval` will tell it.
  private(set) var trapCause: UInt64 = 0
  private(set) var trapValue: UInt64 = 0
  /// Which step of the page-table walk made the last trap, for a person to read; nil where it was no walk.
  package private(set) var walkFault: WalkFault?

  /// Where each instruction and each trap is folded in; nil runs at full speed.
  package var trace: MachineTrace?

  /// What answers where there is no RAM; without one, nothing does.
  let bus: (any PhysicalBus)?
  /// Where the last access met no RAM but was permitted: the bus is to be asked.
  var busAddress: UInt64?
  /// MTIP is up from this `time` on (`mtimecmp`, which lies on the bus).
  var timerCompare = UInt64.max

  /// A hart in M mode at pc 0, without translation, all registers zero.
  package init(memory: PhysicalMemory, id: UInt64 = 0, bus: (any PhysicalBus)? = nil) {
    self.memory = memory
    self.id = id
    self.bus = bus
    registers = .allocate(capacity: 33)
    registers.initialize(repeating: 0, count: 33)
    // RAM is never empty; were it so, nothing in it could be reached either.
    ram = memory.pointer(memory.base, count: 0) ?? UnsafeMutableRawPointer(registers)
    fetches = machineTranslations.fetches
    loads = machineTranslations.loads
    stores = machineTranslations.stores
  }

  deinit { registers.deallocate() }

  // MARK: Registers

  /// Integer register `x[n]`; `n` counts modulo 32.
  package func register(_ n: Int) -> UInt64 { registers[n & 31] }

  /// Sets `x[n]`; `n` counts modulo 32. x0 stays zero.
  package mutating func setRegister(_ n: Int, _ value: UInt64) {
    if n & 31 != 0 { registers[n & 31] = value }
  }

  /// Saves x1...x31 to the 31 doublewords of RAM at physical `address`, in the order of xv6's trapframe.
  /// Does nothing where there is no RAM.
  package func saveRegisters(to address: UInt64) {
    memory.write(address, from: UnsafeRawBufferPointer(start: registers + 1, count: 31 * 8))
  }

  /// Loads x1...x31 from the 31 doublewords of RAM at physical `address`: another thread of control may begin, so
  /// a reservation is dropped. Does nothing to them where there is no RAM.
  package mutating func loadRegisters(from address: UInt64) {
    memory.read(address, into: UnsafeMutableRawBufferPointer(start: registers + 1, count: 31 * 8))
    reservation = nil
  }

  // MARK: Address spaces

  /// Address translation: mode 8 (Sv39) or 0 (Bare) in bits 63-60, the root table's page number in bits 43-0. Later accesses
  /// use the new value; a value with another mode is ignored, as the specification says.
  package var satp: UInt64 {
    get { storedSatp }
    set {
      let mode = newValue >> 60
      guard mode == 0 || mode == 8, newValue != storedSatp else { return }
      storedSatp = newValue
      fence()
    }
  }

  /// `sfence.vma zero, zero`: later accesses see the page tables as they are now.
  package mutating func fence() {
    userTranslations.flush()
    supervisorTranslations.flush()
    blocks.forgetJumps()
  }

  /// Forgets every translation, M mode's too, as after a change of what physical memory permits.
  mutating func forgetTranslations() {
    fence()
    machineTranslations.flush()
  }

  /// The privilege of loads and stores: with `mstatus.MPRV`, M mode's are those of the mode in `MPP`.
  var dataPrivilege: PrivilegeMode {
    privilege == .machine && control.mstatus & Status.mprv != 0 ? Status.mpp(control.mstatus) : privilege
  }

  /// Enters a privilege mode.
  mutating func enter(_ mode: PrivilegeMode) {
    privilege = mode
    selectTranslations()
  }

  /// Takes up the cached translations of the present modes of fetches and of data.
  private mutating func selectTranslations() {
    switch privilege {
    case .user: fetches = userTranslations.fetches
    case .supervisor: fetches = supervisorTranslations.fetches
    case .machine: fetches = machineTranslations.fetches
    }
    switch dataPrivilege {
    case .user: (loads, stores) = (userTranslations.loads, userTranslations.stores)
    case .supervisor: (loads, stores) = (supervisorTranslations.loads, supervisorTranslations.stores)
    case .machine: (loads, stores) = (machineTranslations.loads, machineTranslations.stores)
    }
  }

  /// `mstatus`: interrupt enables, previous modes, and what loads and stores may do. Writing sets the fields
  /// that this hart has.
  var mstatus: UInt64 {
    get { control.mstatus }
    set {
      let old = control.mstatus
      control.mstatus = Status.legal(newValue, keeping: old)
      // Cached translations were found under the old SUM and MXR.
      if (old ^ control.mstatus) & (Status.sum | Status.mxr) != 0 {
        userTranslations.flush()
        supervisorTranslations.flush()
      }
      selectTranslations()
    }
  }

  mutating func remember(_ access: Access, va: UInt64, page: UnsafeMutableRawPointer, watched: Bool) {
    switch access == .fetch ? privilege : dataPrivilege {
    case .user: userTranslations.remember(access, va: va, page: page, watched: watched)
    case .supervisor: supervisorTranslations.remember(access, va: va, page: page, watched: watched)
    case .machine: machineTranslations.remember(access, va: va, page: page, watched: watched)
    }
  }

  // MARK: Decoded code and the stores that change it

  /// Drops what may lead to stale blocks if decoded code has been overwritten, by anyone, since the last
  /// call; true if so.
  @discardableResult mutating func followOverwrittenCode() -> Bool {
    guard memory.code.invalidations != seenInvalidations else { return false }
    seenInvalidations = memory.code.invalidations
    blocks.forgetJumps()
    return true
  }

  /// Drops the cached translations for stores if a page has become code, for anyone, since the last call.
  mutating func followNewCode() {
    guard memory.code.newlyMarkedPages != seenMarkedPages else { return }
    seenMarkedPages = memory.code.newlyMarkedPages
    userTranslations.flushStores()
    supervisorTranslations.flushStores()
    machineTranslations.flushStores()
  }

  // MARK: Traps and runs

  /// Notes why the present instruction traps.
  mutating func trap(_ cause: TrapCause, _ value: UInt64) { noteTrap(cause.rawValue, value, nil) }

  /// Notes that the walk for `access` to `va` failed.
  mutating func trap(_ fault: WalkFault, _ access: Access, _ va: UInt64) {
    noteTrap(fault.cause(of: access), va, fault)
  }

  private mutating func noteTrap(_ cause: UInt64, _ value: UInt64, _ fault: WalkFault?) {
    trapCause = cause
    trapValue = value
    walkFault = fault
    reservation = nil
  }

  /// Why a run has ended.
  package enum Stop: Equatable, Sendable {
    /// `retired` has reached the limit.
    case limit
    /// The instruction at `pc` has trapped, and done nothing else. `scause` is a `TrapCause`.
    case trap(scause: UInt64, stval: UInt64)
  }

  /// Runs in U mode until a trap, which is handed to the caller with `pc` the address of the trapping instruction
  /// (`sepc`), or until `retired` has reached `limit`.
  package mutating func runUser(until limit: UInt64) -> Stop {
    enter(.user)
    prepareToRun()
    while true {
      switch executeTraced(until: limit) {
      case .limit: return .limit
      case .trap: return .trap(scause: trapCause, stval: trapValue)
      case .resume, .waiting, .bus: continue
      }
    }
  }

  /// Takes notice of what others have done since this hart last ran.
  mutating func prepareToRun() {
    pc &= ~1
    followOverwrittenCode()
    followNewCode()
  }
}

/// What LR reserved: memory there, and what it held.
struct Reservation: Equatable {
  var ramOffset: UInt64
  var count: Int
  var value: UInt64
}

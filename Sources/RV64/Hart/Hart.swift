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
  /// Which fast paths are open; the guest sees no difference. Changing it forgets all that was cached.
  package var fastPaths: FastPaths {
    didSet {
      if !fastPaths.contains(.filledPages) { memory.writeOut() }
      blocks.empty()
      forgetTranslations()
    }
  }
  /// Where the hart tells its bus what it is about to execute. Not to be changed while it runs; changing it forgets all
  /// that was cached.
  package var probes = ProbeSet() {
    didSet {
      blocks.empty()
      forgetTranslations()
    }
  }
  /// Whether the hart tells its bus of every `sret` to U mode.
  package var reportsUserReturns = false
  var blocks = BlockCache()
  private var spaces = SpaceCaches()
  /// The present mode's cached jumps and translations for fetches, and the data accesses' mode's for loads and stores.
  private(set) var jumps: UnsafeMutablePointer<Jump>
  private(set) var fetches: UnsafeMutablePointer<CachedTranslation>
  private(set) var loads: UnsafeMutablePointer<CachedTranslation>
  private(set) var stores: UnsafeMutablePointer<CachedTranslation>
  private var storedSatp: UInt64 = 0
  /// How much of `memory.watch` the caches above agree with.
  private var seenInvalidations: UInt64 = 0
  private var seenNotices: UInt64 = 0
  /// The interrupts that are pending and enabled in `mie`, as of the last time that any of what decides it may have
  /// changed.
  var enabledPending: UInt64 = 0

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
  package init(
    memory: PhysicalMemory, id: UInt64 = 0, bus: (any PhysicalBus)? = nil, fastPaths: FastPaths = .standard
  ) {
    self.memory = memory
    self.id = id
    self.bus = bus
    self.fastPaths = fastPaths
    registers = .allocate(capacity: 33)
    registers.initialize(repeating: 0, count: 33)
    // RAM is never empty; were it so, nothing in it could be reached either.
    ram = memory.pointer(memory.base, count: 0) ?? UnsafeMutableRawPointer(registers)
    let machine = spaces.caches(.machine)
    jumps = machine.pointee.jumps.entries
    fetches = machine.pointee.translations.fetches
    loads = machine.pointee.translations.loads
    stores = machine.pointee.translations.stores
    seenInvalidations = memory.code.invalidations
    seenNotices = memory.watch.log.count
    if !fastPaths.contains(.filledPages) { memory.writeOut() }
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
      spaces.select(newValue)
      selectCaches()
      fence()
    }
  }

  /// `sfence.vma zero, zero`: later accesses see the page tables as they are now. So do they without it, since what
  /// is cached follows every store.
  package mutating func fence() {
    if !fastPaths.contains(.keptTranslations) { spaces.flush() }
  }

  /// Forgets every translation, M mode's too, as after a change of what physical memory permits.
  mutating func forgetTranslations() {
    spaces.flush()
    spaces.flushMachine()
  }

  /// The privilege of loads and stores: with `mstatus.MPRV`, M mode's are those of the mode in `MPP`.
  @inline(__always) var dataPrivilege: PrivilegeMode {
    privilege == .machine && control.mstatus & Status.mprv != 0 ? Status.mpp(control.mstatus) : privilege
  }

  /// Enters a privilege mode.
  mutating func enter(_ mode: PrivilegeMode) {
    privilege = mode
    selectCaches()
  }

  /// Takes up what is cached for the present modes of fetches and of data.
  private mutating func selectCaches() {
    let code = spaces.caches(privilege)
    jumps = code.pointee.jumps.entries
    fetches = code.pointee.translations.fetches
    let data = spaces.caches(dataPrivilege)
    loads = data.pointee.translations.loads
    stores = data.pointee.translations.stores
  }

  /// `mstatus`: interrupt enables, previous modes, and what loads and stores may do. Writing sets the fields
  /// that this hart has.
  var mstatus: UInt64 {
    get { control.mstatus }
    set {
      let old = control.mstatus
      control.mstatus = Status.legal(newValue, keeping: old)
      // Cached translations were found under the old SUM and MXR.
      if (old ^ control.mstatus) & (Status.sum | Status.mxr) != 0 { spaces.flushTranslations() }
      if (old | control.mstatus) & Status.mprv != 0 { selectCaches() }
    }
  }

  /// Remembers that `access` to the page of `va` is allowed and leads to the host's page at `page`.
  mutating func remember(_ access: Access, va: UInt64, page: UnsafeMutableRawPointer, watched: Bool) {
    let caches = spaces.caches(access == .fetch ? privilege : dataPrivilege)
    caches.pointee.translations.remember(access, va: va, page: page, watched: watched)
  }

  /// Remembers that `pc` leads to `block` in the present mode.
  mutating func remember(_ block: Block, at pc: UInt64) {
    spaces.caches(privilege).pointee.jumps.remember(block, at: pc)
  }

  /// Makes sure that there is room for another block.
  mutating func makeRoomForBlock() {
    guard blocks.isFull else { return }
    blocks.empty()
    spaces.forgetJumps()
  }

  // MARK: Following what is written to watched memory

  /// Drops from the caches what writes to memory, by anyone, have made wrong since the last call; true where the block
  /// that runs may be stale, or no longer what its address means.
  @discardableResult mutating func followWrites() -> Bool {
    var isStale = false
    if memory.code.invalidations != seenInvalidations {
      seenInvalidations = memory.code.invalidations
      spaces.forgetJumps()
      isStale = true
    }
    if memory.watch.log.count != seenNotices { isStale = followNotices() || isStale }
    return isStale
  }

  @inline(never) private mutating func followNotices() -> Bool {
    let log = memory.watch.log
    var mayConcernCode = false
    while seenNotices != log.count {
      switch log.notice(seenNotices) {
      case .page(let root, let vpn, let wasExecutable):
        // Bits 63-39 of an address repeat bit 38.
        let va = UInt64(bitPattern: Int64(bitPattern: vpn << 37) >> 25)
        spaces.forget(satp: satp(root: root), va: va, wasExecutable: wasExecutable)
        mayConcernCode = mayConcernCode || wasExecutable
      case .space(let root):
        spaces.forget(satp: satp(root: root))
        mayConcernCode = true
      case .watched(let page):
        spaces.forgetStores(to: ram + Int(page) * Int(PGSIZE))
      case .everything:
        forgetTranslations()
        seenNotices = log.count
        return true
      }
      seenNotices &+= 1
    }
    return mayConcernCode
  }

  /// The `satp` of the address space whose root table is the `root`th page of RAM.
  private mutating func satp(root: UInt64) -> UInt64 { 8 << 60 | (memory.base >> PGSHIFT &+ root) }

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
      case .resume, .next, .waiting, .bus: continue
      }
    }
  }

  /// Takes notice of what others have done since this hart last ran.
  mutating func prepareToRun() {
    pc &= ~1
    followWrites()
  }
}

/// What LR reserved: memory there, and what it held.
struct Reservation: Equatable {
  var ramOffset: UInt64
  var count: Int
  var value: UInt64
}

import Sv39MMU

/// One RV64IMAC hart with Zicsr and Zifencei.
///
/// It is a noncopyable value: the code that runs it holds it, and its hot loop (`execute`) counts no
/// references. Host integers are little-endian, as the guest's are.
package struct Hart: ~Copyable {
  /// The RAM that the hart fetches from, and loads from and stores to.
  package let memory: PhysicalMemory
  /// `mhartid`.
  package let id: UInt64
  /// The address of the next instruction; after a trap, of the instruction that trapped.
  package var pc: UInt64 = 0
  /// Retired instructions (`minstret`), exact at every stop. An instruction that traps does not retire.
  package var retired: UInt64 = 0
  /// The privilege mode; M after reset.
  package private(set) var privilege: PrivilegeMode = .machine
  /// The control and status registers that only hold bits.
  var control = ControlRegisters()
  var pmp = PMP()
  /// Whether S and U mode may access memory while no PMP entry is on. The specification says no, because this
  /// hart implements PMP. But some kernels were written before QEMU enforced that, xv6 of 2020 among them,
  /// and they never turn an entry on.
  package var allowsWithoutPMP = true { didSet { forgetTranslations() } }
  /// Time passes with retired instructions: `time` is (`retired` + `timeOffset`) / `instructionsPerTick`. A
  /// program that runs several harts, or lets idle time pass, adds to the offset what this hart did not
  /// retire.
  package var timeOffset: UInt64 = 0
  /// 10 is the 10 MHz clock of QEMU's `virt` board at 100 million instructions a second. Not zero.
  package var instructionsPerTick: UInt64 = 10 {
    didSet { if instructionsPerTick == 0 { instructionsPerTick = 1 } }
  }

  /// x0...x31, and slot 32, which takes writes to x0 (`DecodedInstruction.placed`).
  let registers: UnsafeMutablePointer<UInt64>
  /// The address of the start of RAM in host memory.
  let ram: UnsafeMutableRawPointer
  /// Which fast paths are on; the guest sees no difference. A change empties all caches.
  package var fastPaths: FastPaths {
    didSet {
      if !fastPaths.contains(.filledPages) { memory.writeOut() }
      blocks.empty()
      forgetTranslations()
    }
  }
  /// The places at which the hart tells its bus what it is about to execute. They must not change while it
  /// runs. A change empties all caches.
  package var probes = ProbeSet() {
    didSet {
      blocks.empty()
      forgetTranslations()
    }
  }
  /// The places of a user program that the watcher hears of. They must not change while it runs. A change
  /// empties all caches.
  package var places: PlaceMap? {
    didSet {
      blocks.empty()
      forgetTranslations()
    }
  }
  /// Hears of each entry into U mode and of each exit from it.
  package var watcher: (any UserWatcher)?
  /// Whether the hart tells its bus of every `sret` to U mode.
  package var reportsUserReturns = false
  var blocks = BlockCache()
  private var spaces = SpaceCaches()
  /// The cached jumps and translations of the present mode, for fetches; and those of the mode of data
  /// accesses, for loads and stores.
  private(set) var jumps: UnsafeMutablePointer<Jump>
  private(set) var fetches: UnsafeMutablePointer<CachedTranslation>
  private(set) var loads: UnsafeMutablePointer<CachedTranslation>
  private(set) var stores: UnsafeMutablePointer<CachedTranslation>
  private var storedSatp: UInt64 = 0
  /// Up to which of the notices of `memory.watch` the caches above are up to date.
  private var seenInvalidations: UInt64 = 0
  private var seenNotices: UInt64 = 0
  /// The interrupts that are pending, and enabled in `mie`. They are computed when something that they depend
  /// on may have changed.
  var enabledPending: UInt64 = 0

  /// What LR reserved. A trap drops it.
  var reservation: Reservation?
  /// Why the last instruction trapped, as `scause` and `stval` will show it.
  private(set) var trapCause: UInt64 = 0
  var trapValue: UInt64 = 0
  /// Which step of the page-table walk made the last trap, for people to read. Nil if no walk did.
  package private(set) var walkFault: WalkFault?

  /// The first trap that found no handler, for people to read.
  package internal(set) var earlyTrap: EarlyTrap?

  /// The trace that each instruction and each trap is folded into. If it is nil, the hart runs at full speed.
  package var trace: MachineTrace?

  /// The bus that answers outside RAM. Without one, nothing answers there.
  let bus: (any PhysicalBus)?
  /// The physical address of the last access, if it was permitted but is not in RAM: the bus must be asked.
  var busAddress: UInt64?
  /// MTIP is set from this `time` on (`mtimecmp`, which lies on the bus).
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
    // RAM is never empty. If it were, the guest could reach none of it.
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

  /// Saves x1...x31 to the 31 doublewords of RAM at physical `address`, in the order of xv6's trapframe. Does
  /// nothing if there is no RAM.
  package func saveRegisters(to address: UInt64) {
    memory.write(address, from: UnsafeRawBufferPointer(start: registers + 1, count: 31 * 8))
  }

  /// Loads x1...x31 from the 31 doublewords of RAM at physical `address`. Another thread of control may
  /// begin, so a reservation is dropped. The registers stay as they are if there is no RAM.
  package mutating func loadRegisters(from address: UInt64) {
    memory.read(address, into: UnsafeMutableRawBufferPointer(start: registers + 1, count: 31 * 8))
    reservation = nil
  }

  // MARK: Address spaces

  /// Address translation: mode 8 (Sv39) or 0 (Bare) in bits 63-60, the page number of the root table in bits
  /// 43-0. Later accesses use the new value. A value with another mode is ignored, as the specification says.
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

  /// `sfence.vma zero, zero`: later accesses see the page tables as they are now. They do so without it, too,
  /// because the caches follow every store.
  package mutating func fence() {
    if !fastPaths.contains(.keptTranslations) { spaces.flush() }
  }

  /// Forgets every translation, those of M mode too. It is for changes of what physical memory permits.
  mutating func forgetTranslations() {
    spaces.flush()
    spaces.flushMachine()
  }

  /// The privilege of loads and stores. With `mstatus.MPRV`, those of M mode have the privilege of the mode
  /// in `MPP`.
  @inline(__always) var dataPrivilege: PrivilegeMode {
    privilege == .machine && control.mstatus & Status.mprv != 0 ? Status.mpp(control.mstatus) : privilege
  }

  /// Enters a privilege mode.
  mutating func enter(_ mode: PrivilegeMode) {
    privilege = mode
    selectCaches()
  }

  /// Selects the caches of the present modes of fetches and of data.
  private mutating func selectCaches() {
    let code = spaces.caches(privilege)
    jumps = code.pointee.jumps.entries
    fetches = code.pointee.translations.fetches
    let data = spaces.caches(dataPrivilege)
    loads = data.pointee.translations.loads
    stores = data.pointee.translations.stores
  }

  /// `mstatus`: interrupt enables, previous modes, and what loads and stores may do. A write sets the fields
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

  /// Remembers that `access` to the page of `va` is allowed, and leads to the page at `page` in host memory.
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

  /// Removes from the caches what writes to memory, by anyone, have made wrong since the last call. True if
  /// the block that runs may be stale, or may no longer be what its address means.
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

  /// Runs in U mode until a trap or until `retired` has reached `limit`. The caller gets the trap, and `pc`
  /// is the address of the trapping instruction (`sepc`).
  package mutating func runUser(until limit: UInt64) -> Stop {
    enter(.user)
    prepareToRun()
    reportUserEntry(at: pc)
    while true {
      switch executeTraced(until: limit) {
      case .limit:
        reportUserExit(cause: Interrupt.supervisorTimer.rawValue | 1 << 63)
        return .limit
      case .trap:
        reportUserExit(cause: trapCause)
        return .trap(scause: trapCause, stval: trapValue)
      case .resume, .next, .waiting, .bus: continue
      }
    }
  }

  /// Follows what others have done since this hart last ran.
  mutating func prepareToRun() {
    pc &= ~1
    followWrites()
  }
}

/// What LR reserved: a place in RAM, and what memory held there.
struct Reservation: Equatable {
  var ramOffset: UInt64
  var count: Int
  var value: UInt64
}

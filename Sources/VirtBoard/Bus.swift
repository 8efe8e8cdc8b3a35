import RV64
import Sv39MMU

/// The devices of the board and their interrupt lines, at the addresses where the harts reach them.
///
/// An access to an address that belongs to no device is an access fault, as on QEMU's `virt` board.
final class Bus: PhysicalBus {
  let memory: PhysicalMemory
  var devices: Devices
  /// What the guest has sent to the console and nobody has fetched yet.
  var console: [UInt8] = []
  /// What the guest asked of the test finisher.
  var request: TestFinisher.Request?
  /// Stop before the disk's version is read. The board has to find out which version the guest wants.
  var pausesAtVersion = false
  private(set) var isPausedAtVersion = false
  /// The trace to which everything that passes the bus is added.
  let trace: MachineTrace?
  /// Called for every exception in U mode. It must not touch any hart.
  var onUserTrap: ((UserTrap) -> Void)?
  /// Called for every step, if somebody follows the kernel (`Board.follow`). It must not touch any hart
  /// either.
  var onStep: ((BoardStep) -> Void)?

  /// Another thread may ask here that the run ends. Checked at every access, because one access may keep a
  /// device busy for long.
  private let stopper: BoardStopper
  /// The run ends when the devices have done this much work (`Devices.work`).
  var workLimit = UInt64.max

  init(
    memory: PhysicalMemory, devices: Devices, trace: MachineTrace? = nil,
    stopper: BoardStopper = BoardStopper()
  ) {
    self.memory = memory
    self.stopper = stopper
    self.devices = devices
    self.trace = trace
  }

  // MARK: What harts ask

  func read(_ address: UInt64, size: Int, hart: UInt64, time: UInt64) -> BusAnswer {
    devices.accesses &+= 1
    let answer = load(address, size: size, time: time)
    if let trace, case .value(let value) = answer {
      trace.event(BoardEvent.read, address, value, UInt64(size) << 32 | hart, time)
    }
    return answer
  }

  private func load(_ address: UInt64, size: Int, time: UInt64) -> BusAnswer {
    guard let place = Place(address) else { return .fault }
    switch place {
    case .clint(let offset): return answer(devices.clint.read(offset, size: size, time: time))
    case .plic(let offset): return answer(devices.plic.read(offset, size: size))
    case .uart(let offset):
      let (value, effect) = devices.uart.read(offset)
      follow(effect)
      return .value(UInt64(value))
    case .virtio(let slot, let offset):
      if slot == 0 && offset == 4 && pausesAtVersion {
        isPausedAtVersion = true
        return .later
      }
      return .value(devices.virtio[slot].read(offset, size: size))
    case .finisher: return .value(0)
    }
  }

  private func answer(_ value: UInt64?) -> BusAnswer { value.map { .value($0) } ?? .fault }

  func write(_ address: UInt64, size: Int, _ value: UInt64, hart: UInt64, time: UInt64) -> Bool {
    devices.accesses &+= 1
    guard let place = Place(address) else { return false }
    trace?.event(BoardEvent.write, address, value, UInt64(size) << 32 | hart, time)
    switch place {
    case .clint(let offset): return devices.clint.write(offset, size: size, value)
    case .plic(let offset): return devices.plic.write(offset, size: size, value)
    case .uart(let offset): follow(devices.uart.write(offset, UInt8(truncatingIfNeeded: value)))
    case .virtio(let slot, let offset):
      if let line = devices.virtio[slot].write(offset, size: size, value, memory, trace) {
        setLine(1 + slot, line)
      }
    case .finisher(let offset):
      if let request = TestFinisher.request(offset, value) { self.request = request }
    }
    return true
  }

  private func follow(_ effect: Uart.Effect) {
    if let byte = effect.sent {
      console.append(byte)
      devices.consoleBytes += 1
    }
    if let line = effect.line { setLine(Uart.interrupt, line) }
  }

  private func setLine(_ source: Int, _ up: Bool) {
    trace?.event(BoardEvent.line, UInt64(source), up ? 1 : 0)
    devices.plic.setLine(source, up)
  }

  func signals(hart: UInt64) -> HartSignals {
    let hart = Int(hart)
    var lines: UInt64 = 0
    if devices.clint.softwarePending[hart] { lines |= Interrupt.machineSoftware.bit }
    if devices.plic.interrupts(2 * hart) { lines |= Interrupt.machineExternal.bit }
    if devices.plic.interrupts(2 * hart + 1) { lines |= Interrupt.supervisorExternal.bit }
    return HartSignals(
      lines: lines, timerCompare: devices.clint.timerCompare[hart],
      stop: request != nil || stopper.isStopped || devices.work >= workLimit)
  }

  func userTrap(_ trap: UserTrap) {
    devices.userTraps += 1
    trace?.userTrap(trap)
    onUserTrap?(trap)
    onStep?(.userTrap(trap))
  }

  func probe(_ hit: ProbeHit) { onStep?(.probe(hit)) }

  func userReturn(_ event: UserReturn) { onStep?(.userReturn(event)) }

  // MARK: What the board asks

  /// Delivers a byte that was typed at the console.
  func receive(_ byte: UInt8) { setLine(Uart.interrupt, devices.uart.receive(byte)) }

  func forgetPause() { isPausedAtVersion = false }

  /// Whether a byte typed now would interrupt some hart.
  var listensToConsole: Bool { devices.uart.listens && devices.plic.listens(to: Uart.interrupt) }
}

/// The state of every device, and counters of what they did.
struct Devices: Equatable, Sendable {
  var clint: Clint
  var plic: Plic
  var uart = Uart()
  var virtio: [VirtioMMIO]
  /// Bytes that the guest has sent to its console.
  var consoleBytes: UInt64 = 0
  /// Accesses of the harts to any device.
  var accesses: UInt64 = 0
  /// What the devices have done, in units of what an instruction costs the host. An access leaves the hot
  /// loop and costs as much as some 20 instructions.
  var work: UInt64 { 20 &* accesses &+ virtio[0].work }
  /// Exceptions in U mode.
  var userTraps: UInt64 = 0

  init(harts: Int, disk: [UInt8]?, virtioVersion: UInt32) {
    clint = Clint(harts: harts)
    plic = Plic(harts: harts)
    virtio = (0..<VirtioMMIO.slots).map { slot in
      VirtioMMIO(device: slot == 0 ? disk.map(VirtioDisk.init) : nil, version: virtioVersion)
    }
  }
}

/// Which device an address belongs to, and the offset in that device.
private enum Place {
  case finisher(UInt64)
  case clint(UInt64)
  case plic(UInt64)
  case uart(UInt64)
  case virtio(slot: Int, UInt64)

  init?(_ address: UInt64) {
    func offset(_ base: UInt64, _ size: UInt64) -> UInt64? {
      address &- base < size ? address &- base : nil
    }
    if let offset = offset(Uart.base, Uart.size) {
      self = .uart(offset)
    } else if let offset = offset(Plic.base, Plic.size) {
      self = .plic(offset)
    } else if let offset = offset(VirtioMMIO.base, VirtioMMIO.slotSize * UInt64(VirtioMMIO.slots)) {
      self = .virtio(slot: Int(offset / VirtioMMIO.slotSize), offset % VirtioMMIO.slotSize)
    } else if let offset = offset(Clint.base, Clint.size) {
      self = .clint(offset)
    } else if let offset = offset(TestFinisher.base, TestFinisher.size) {
      self = .finisher(offset)
    } else {
      return nil
    }
  }
}

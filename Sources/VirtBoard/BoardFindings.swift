import ObjectFile
import RV64

/// Snapshots, and what they let the board find out about a kernel.
extension Board {
  /// The machine as it is now, between two runs.
  package func snapshot() -> BoardSnapshot {
    BoardSnapshot(
      configuration: configuration, harts: harts.map { $0.hart.save() }, waiting: waiting,
      memory: MemoryImage(memory), devices: bus.devices, schedule: schedule, clock: clock, retired: retired,
      lastLife: lastLife, input: Array(input.suffix(pendingInput)), findings: findings,
      pausesAtVersion: bus.pausesAtVersion)
  }

  func restore(_ snapshot: BoardSnapshot, isNew: Bool) {
    snapshot.memory.restore(to: memory, isNew: isNew)
    for (slot, state) in zip(harts, snapshot.harts) { slot.hart.restore(state) }
    waiting = snapshot.waiting
    bus.devices = snapshot.devices
    bus.pausesAtVersion = snapshot.pausesAtVersion
    schedule = snapshot.schedule
    clock = snapshot.clock
    retired = snapshot.retired
    lastLife = snapshot.lastLife
    findings = snapshot.findings
    type([])
    input = snapshot.input
  }

  /// A driver is about to read the disk's version: offers 2, and where it does not acknowledge the device within a while,
  /// goes back and offers 1.
  func findVersion() {
    bus.pausesAtVersion = false
    bus.forgetPause()
    flushConsole()
    let before = snapshot()
    let hooks = (onConsoleOutput, onIdle)
    var said: [UInt8] = []
    onConsoleOutput = { said += $0 }
    onIdle = nil
    let end = retired &+ Self.trialLength
    while retired < end && !bus.devices.virtio[0].wasAcknowledged {
      guard run(until: min(end, retired &+ 10_000)) == .limit else { break }
    }
    (onConsoleOutput, onIdle) = hooks
    if bus.devices.virtio[0].wasAcknowledged {
      if !said.isEmpty { onConsoleOutput?(said) }
      findings.append("the disk is virtio version 2: the kernel's driver takes it")
    } else {
      restore(before, isNew: false)
      bus.request = nil
      bus.devices.setVirtioVersion(1)
      findings.append("the disk is virtio version 1: the kernel's driver does not take version 2")
    }
  }

  /// Instructions within which a driver that has read the version acknowledges the device.
  private static let trialLength: UInt64 = 1_000_000

  /// What the kernel's code says before it runs.
  static func findings(about kernel: ELF, _ configuration: BoardConfiguration) -> [String] {
    let configures = kernel.segments.contains { segment in
      segment.isLoadable && segment.isExecutable && configuresPMP(kernel.contents(of: segment))
    }
    switch (configures, configuration.pmp) {
    case (true, _): return ["physical memory protection is enforced: the kernel sets it up"]
    case (false, .permissive):
      return [
        "physical memory protection is off: the kernel never sets it up (QEMU since 6.0 would not boot it)"
      ]
    case (false, .strict):
      return ["physical memory protection is enforced, but the kernel never sets it up: expect silence"]
    }
  }

  /// Whether `csrrw`, `csrrs` or their constant forms with a `pmpcfg` (0x3A0...0x3AF) occur in code.
  private static func configuresPMP(_ code: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(code)
    for at in stride(from: 0, to: max(0, bytes.count - 3), by: 2) where bytes[at] & 0x7F == 0x73 {
      let csr = UInt16(bytes[at + 2]) >> 4 | UInt16(bytes[at + 3]) << 4
      if csr & ~15 == 0x3A0 && bytes[at + 1] >> 4 & 3 != 0 { return true }
    }
    return false
  }
}

extension Devices {
  mutating func setVirtioVersion(_ version: UInt32) {
    for slot in virtio.indices { virtio[slot].version = version }
  }
}

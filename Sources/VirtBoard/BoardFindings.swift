import RV64
import Sv39MMU

/// Snapshots, and what the board finds out about a kernel with their help.
extension Board {
  /// The present state of the machine. Take it only between two runs.
  package func snapshot() -> BoardSnapshot { snapshot(with: .frozen(FrozenMemory(memory))) }

  private func snapshot(with image: MemoryImage) -> BoardSnapshot {
    BoardSnapshot(
      configuration: configuration, harts: harts.map { $0.hart.save() }, waiting: waiting,
      memory: image, devices: bus.devices, schedule: schedule, clock: clock, retired: retired,
      lastLife: lastLife, life: life, input: Array(input.suffix(pendingInput)), findings: diskFindings,
      pausesAtVersion: bus.pausesAtVersion, trace: bus.trace?.state)
  }

  /// Puts the machine back into the state of the snapshot. If the RAM was made from a frozen image, it is in
  /// that state already.
  func restore(_ snapshot: BoardSnapshot) {
    if case .packed(let image) = snapshot.memory { image.restore(to: memory) }
    for (slot, state) in zip(harts, snapshot.harts) { slot.hart.restore(state) }
    waiting = snapshot.waiting
    bus.devices = snapshot.devices
    bus.pausesAtVersion = snapshot.pausesAtVersion
    schedule = snapshot.schedule
    clock = snapshot.clock
    retired = snapshot.retired
    lastLife = snapshot.lastLife
    life = snapshot.life
    diskFindings = snapshot.findings
    if let state = snapshot.trace { bus.trace?.state = state }
    type([])
    input = snapshot.input
  }

  /// A driver is about to read the disk's version. Offers version 2; if the driver does not acknowledge the
  /// device within `trialLength` instructions, goes back and offers 1. If the run ended during the trial,
  /// returns why.
  func findVersion() -> BoardStop? {
    bus.pausesAtVersion = false
    bus.forgetPause()
    flushConsole()
    let before = snapshot(with: MemoryImage(memory))
    let hooks = (onConsoleOutput, onIdle)
    var said: [UInt8] = []
    onConsoleOutput = { said += $0 }
    onIdle = nil
    let end = retired &+ Self.trialLength
    var stop = BoardStop.limit
    while stop == .limit && retired < end && !bus.devices.virtio[0].wasAcknowledged {
      stop = run(until: min(end, retired &+ 1000))
      if retired >= configuration.instructionLimit { break }
    }
    (onConsoleOutput, onIdle) = hooks
    if bus.devices.virtio[0].wasAcknowledged {
      if !said.isEmpty { hooks.0?(said) }
      diskFindings.append("the disk is virtio version 2: the kernel's driver takes it")
      return stop == .limit ? nil : stop
    } else {
      restore(before)
      bus.request = nil
      bus.devices.setVirtioVersion(1)
      diskFindings.append("the disk is virtio version 1: the kernel's driver does not take version 2")
      return nil
    }
  }

  /// A driver that has read the version and accepts it acknowledges the device within this many instructions.
  private static let trialLength: UInt64 = 1_000_000

  /// Whether a hart has turned memory protection on.
  package var isProtected: Bool { harts.contains { $0.hart.usesPMP } }

  /// What the board has found out about the kernel so far: a list of sentences.
  package var findings: [String] {
    let left = harts.filter { $0.hart.privilege != .machine }
    guard !left.isEmpty else { return diskFindings }
    let protected = left.contains { $0.hart.usesPMP }
    switch (protected, configuration.pmp) {
    case (true, _): return diskFindings + ["physical memory protection is enforced: the kernel has set it up"]
    case (false, .permissive):
      return diskFindings + [
        "physical memory protection is off: the kernel never sets it up, and QEMU since 6.0 would not boot it"
      ]
    case (false, .strict):
      return diskFindings + ["the kernel has left M mode without setting up physical memory protection"]
    }
  }
}

extension Devices {
  mutating func setVirtioVersion(_ version: UInt32) {
    for slot in virtio.indices { virtio[slot].version = version }
  }
}

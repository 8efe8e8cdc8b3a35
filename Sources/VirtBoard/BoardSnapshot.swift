import RV64

/// The state of a board. Any number of boards can go on from it, and each does exactly what the first one
/// did.
package struct BoardSnapshot: Sendable {
  var configuration: BoardConfiguration
  var harts: [HartState]
  var waiting: UInt64
  var memory: MemoryImage
  var devices: Devices
  var schedule: Schedule
  var clock: UInt64
  var retired: UInt64
  var lastLife: UInt64
  var life: Life
  var input: [UInt8]
  var findings: [String]
  var pausesAtVersion: Bool
  var trace: MachineTrace.State?

  /// The same machine with another disk. Use it only if the guest has not read from its disk yet.
  package func inserting(disk: [UInt8]) -> BoardSnapshot {
    var snapshot = self
    snapshot.devices.virtio[0].device = VirtioDisk(disk)
    return snapshot
  }
}

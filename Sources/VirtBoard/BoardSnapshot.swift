import RV64

/// A board as it was: from here on, any number of boards go on as that one did, to the bit.
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

  /// The same machine with another disk in it; for a moment at which the guest has read nothing of its disk.
  package func inserting(disk: [UInt8]) -> BoardSnapshot {
    var snapshot = self
    snapshot.devices.virtio[0].device = BlockDevice(disk)
    return snapshot
  }
}

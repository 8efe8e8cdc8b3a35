import RV64
import Sv39MMU

/// A virtio-mmio transport (virtio 1.1, 4.2), with a block device or without any device.
///
///     0x000 magic "virt"        0x004 version: 1 legacy, 2 modern
///     0x008 device: 2 block, 0 none                             0x00C vendor "QEMU"
///     0x010 device features     0x014 which 32 of them
///     0x020 driver features     0x024 which 32 of them
///     0x030 queue select        0x034 largest size              0x038 size
///     0x050 notify              0x060 interrupt status          0x064 acknowledge
///     0x070 status; 0 resets
///     legacy: 0x028 guest page size     0x03C alignment of the used ring (4096)
///             0x040 page number of the queue
///     modern: 0x044 queue ready         0x080/084 descriptors   0x090/094 available
///             0x0A0/0A4 used            0x0FC generation
///     0x100 configuration: capacity in sectors (8), largest segment (4), segments (4), geometry (4),
///           block size (4)
///
/// As in QEMU, a status with FEATURES_OK is always accepted, and a driver that never negotiates VERSION_1 is
/// served.
struct VirtioMMIO: Equatable, Sendable {
  static let base: UInt64 = 0x1000_1000
  static let slotSize: UInt64 = 0x1000
  static let slots = 8

  var device: VirtioDisk?
  /// 1: legacy. 2: modern.
  var version: UInt32
  /// Whether the driver has set any status bit. It has then recognised the device.
  private(set) var wasAcknowledged = false
  /// How many requests were served.
  private(set) var requests: UInt64 = 0

  private var status: UInt32 = 0
  private var interruptStatus: UInt32 = 0
  /// What the requests cost the host: see `Devices.work`.
  private(set) var work: UInt64 = 0
  private var featureWord: UInt32 = 0
  private var driverFeatureWord: UInt32 = 0
  private var driverFeatures: UInt64 = 0
  private var selectedQueue: UInt32 = 0
  private var guestPageSize: UInt64 = 4096
  private var queueAlignment: UInt64 = 4096
  private var pageNumber: UInt32 = 0
  private var queue = VirtioQueue()

  /// DEVICE_NEEDS_RESET: the driver broke the rules.
  private static let needsReset: UInt32 = 0x40

  init(device: VirtioDisk? = nil, version: UInt32) {
    self.device = device
    self.version = version
  }

  /// BLK_SIZE, FLUSH, SEG_MAX. Also VERSION_1 if modern, ANY_LAYOUT if legacy.
  private var features: UInt64 { 1 << 2 | 1 << 6 | 1 << 9 | (version == 2 ? 1 << 32 : 1 << 27) }

  func read(_ offset: UInt64, size: Int) -> UInt64 {
    if offset >= 0x100 {
      return device == nil ? 0 : configuration(offset - 0x100, size)
    }
    guard size == 4 else { return 0 }
    switch offset {
    case 0x000: return 0x7472_6976
    case 0x004: return UInt64(version)
    case 0x008: return device == nil ? 0 : 2
    case 0x00C: return 0x554D_4551
    default: break
    }
    guard device != nil else { return 0 }
    switch offset {
    case 0x010: return featureWord < 2 ? features >> (32 * UInt64(featureWord)) & 0xFFFF_FFFF : 0
    case 0x034: return selectedQueue == 0 ? UInt64(VirtioQueue.maxSize) : 0
    case 0x040 where version == 1: return selectedQueue == 0 ? UInt64(pageNumber) : 0
    case 0x044 where version == 2: return selectedQueue == 0 && queue.isReady ? 1 : 0
    case 0x060: return UInt64(interruptStatus)
    case 0x070: return UInt64(status)
    default: return 0
    }
  }

  private func configuration(_ offset: UInt64, _ size: Int) -> UInt64 {
    let sectors = UInt64((device?.bytes.count ?? 0) / VirtioDisk.sectorSize)
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: sectors >> UInt64(8 * $0)) }
    bytes += [0, 0, 0, 0, 254, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0]
    return (0..<size).reduce(0) { value, n in
      let at = Int(clamping: offset) + n
      return value | UInt64(at < bytes.count ? bytes[at] : 0) << UInt64(8 * n)
    }
  }

  /// Carries out a store to a register. Returns the new level of the interrupt line, or nil if it did not
  /// change.
  mutating func write(
    _ offset: UInt64, size: Int, _ value: UInt64, _ memory: PhysicalMemory, _ trace: MachineTrace? = nil
  ) -> Bool? {
    guard size == 4, device != nil else { return nil }
    let value = UInt32(truncatingIfNeeded: value)
    let isQueue = selectedQueue == 0
    switch offset {
    case 0x014: featureWord = value
    case 0x020 where driverFeatureWord < 2:
      let shift = 32 * UInt64(driverFeatureWord)
      driverFeatures = driverFeatures & ~(0xFFFF_FFFF << shift) | UInt64(value) << shift & features
    case 0x024: driverFeatureWord = value
    case 0x028 where version == 1: guestPageSize = value & (value &- 1) == 0 ? UInt64(value) : guestPageSize
    case 0x030: selectedQueue = value
    case 0x038 where isQueue: queue.size = value
    case 0x03C where version == 1 && isQueue:
      if value != 0 && value & (value - 1) == 0 { queueAlignment = UInt64(value) }
    case 0x040 where version == 1 && isQueue: setPageNumber(value)
    case 0x044 where version == 2 && isQueue: setReady(value & 1 != 0)
    case 0x050: return value == 0 ? serve(memory, trace) : nil
    case 0x064:
      interruptStatus &= ~value
      return interruptStatus != 0
    case 0x070: return setStatus(value)
    case 0x080 where version == 2 && isQueue: Self.setLow(&queue.descriptors, value)
    case 0x084 where version == 2 && isQueue: Self.setHigh(&queue.descriptors, value)
    case 0x090 where version == 2 && isQueue: Self.setLow(&queue.available, value)
    case 0x094 where version == 2 && isQueue: Self.setHigh(&queue.available, value)
    case 0x0A0 where version == 2 && isQueue: Self.setLow(&queue.used, value)
    case 0x0A4 where version == 2 && isQueue: Self.setHigh(&queue.used, value)
    default: break
    }
    return nil
  }

  private static func setLow(_ address: inout UInt64, _ value: UInt32) {
    address = address & ~0xFFFF_FFFF | UInt64(value)
  }

  private static func setHigh(_ address: inout UInt64, _ value: UInt32) {
    address = address & 0xFFFF_FFFF | UInt64(value) << 32
  }

  /// The legacy layout: the descriptors at the page, the available ring after them, then the used ring,
  /// aligned.
  private mutating func setPageNumber(_ number: UInt32) {
    let size = queue.size
    queue = VirtioQueue()
    queue.size = size
    pageNumber = number
    queue.isReady = number != 0
    queue.descriptors = UInt64(number) &* guestPageSize
    queue.available = queue.descriptors &+ 16 &* UInt64(size)
    let end = queue.available &+ 4 &+ 2 &* UInt64(size)
    queue.used = (end &+ queueAlignment &- 1) & ~(queueAlignment &- 1)
  }

  private mutating func setReady(_ ready: Bool) {
    if ready {
      queue.isReady = true
    } else {
      queue = VirtioQueue()
    }
  }

  private mutating func setStatus(_ value: UInt32) -> Bool? {
    guard value != 0 else {
      var fresh = VirtioMMIO(device: device, version: version)
      fresh.wasAcknowledged = wasAcknowledged
      fresh.requests = requests
      fresh.work = work
      self = fresh
      return false
    }
    status = value & 0xFF | status & Self.needsReset
    wasAcknowledged = true
    return nil
  }

  /// Serves every request that waits.
  private mutating func serve(_ memory: PhysicalMemory, _ trace: MachineTrace?) -> Bool? {
    guard status & Self.needsReset == 0 else { return nil }
    var interrupts = false
    do throws(VirtioQueue.Broken) {
      var served: UInt32 = 0
      while let chain = try queue.pop(memory) {
        // The queue holds no more. If there are more, then the requests themselves have written to the queue.
        guard served < queue.size else { throw VirtioQueue.Broken() }
        served += 1
        work &+= chain.work
        guard let written = device?.perform(chain, memory) else { throw VirtioQueue.Broken() }
        requests &+= 1
        trace?.request(chain, written: written, memory)
        if try queue.push(chain, written: written, memory) { interrupts = true }
      }
    } catch {
      status |= Self.needsReset
      interruptStatus |= 2
      return true
    }
    guard interrupts else { return nil }
    interruptStatus |= 1
    return true
  }
}

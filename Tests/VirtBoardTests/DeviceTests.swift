import Sv39MMU
import Testing

@testable import VirtBoard

/// Each device's registers.
struct ClintTests {
  @Test func `mtimecmp is written whole and in halves`() {
    let clint = ClintPort(harts: 2)
    #expect(clint.write(0x4008, size: 8, 0x1_2345_6789))
    #expect(clint.device.timerCompare == [.max, 0x1_2345_6789])
    #expect(clint.write(0x400C, size: 4, 7))
    #expect(clint.read(0x4008, size: 8, time: 0) == 0x7_2345_6789)
    #expect(clint.read(0x400C, size: 4, time: 0) == 7)
  }

  @Test func `mtime is the time and cannot be set`() {
    let clint = ClintPort(harts: 1)
    #expect(clint.write(0xBFF8, size: 8, 5))
    #expect(clint.read(0xBFF8, size: 8, time: 0x1_0000_0002) == 0x1_0000_0002)
    #expect(clint.read(0xBFFC, size: 4, time: 0x1_0000_0002) == 1)
  }

  @Test func `harts that do not exist read as zero, and bytes are refused`() {
    let clint = ClintPort(harts: 1)
    #expect(clint.write(0x0004, size: 4, 1))
    #expect(clint.read(0x0004, size: 4, time: 9) == 0)
    #expect(clint.write(0x4008, size: 8, 1))
    #expect(clint.read(0x4008, size: 8, time: 9) == 0)
    #expect(clint.read(0, size: 1, time: 9) == nil)
    #expect(!clint.write(0, size: 2, 1))
  }
}

struct PlicTests {
  /// For hart 0's S mode, source 1 is enabled with priority 2, and source 10 with priority `ten`.
  private func plic(ten: UInt64) -> PlicPort {
    let plic = PlicPort(harts: 1)
    plic.write(4, 2)
    plic.write(40, ten)
    plic.write(0x2080, 1 << 1 | 1 << 10 | 1)
    return plic
  }

  @Test(arguments: [(1, [1, 10]), (2, [1, 10]), (3, [10, 1])] as [(UInt64, [UInt64])])
  func `the highest priority is claimed first, then the lowest number`(ten: UInt64, order: [UInt64]) {
    let plic = plic(ten: ten)
    plic.device.setLine(10, true)
    plic.device.setLine(1, true)
    #expect(plic.device.interrupts(1) && !plic.device.interrupts(0))
    #expect(plic.read(0x201004) == order[0])
    #expect(plic.read(0x201004) == order[1])
    #expect(plic.read(0x201004) == 0)
    #expect(!plic.device.interrupts(1))
  }

  @Test func `what is claimed comes again after it is complete, if it is said anew`() {
    let plic = plic(ten: 1)
    plic.device.setLine(10, true)
    _ = plic.read(0x201004)
    plic.device.setLine(10, true)
    #expect(!plic.device.interrupts(1))
    plic.write(0x201004, 10)
    #expect(plic.device.interrupts(1))
    plic.device.setLine(10, false)
    #expect(!plic.device.interrupts(1))
  }

  @Test func `threshold and priority zero mask`() {
    let plic = plic(ten: 0)
    plic.device.setLine(10, true)
    #expect(!plic.device.interrupts(1))
    plic.write(40, 3)
    #expect(plic.device.interrupts(1))
    plic.write(0x201000, 3)
    #expect(!plic.device.interrupts(1))
    #expect(plic.read(0x1000) == 1 << 10)
  }

  @Test func `source 0 does not exist and numbers out of range are ignored`() {
    let plic = plic(ten: 1)
    plic.write(0, 7)
    #expect(plic.read(0) == 0)
    #expect(plic.read(0x2080) == 1 << 1 | 1 << 10)
    #expect(plic.write(0x201004, 0xFFFF_FFFF))
    #expect(plic.write(0x20_8000, 1))
    #expect(plic.read(0x20_8000) == 0)
    #expect(plic.read(4, size: 8) == nil)
  }
}

struct UartTests {
  @Test func `the divisor lies behind DLAB`() {
    let uart = UartPort()
    uart.write(3, 0x83)
    uart.write(0, 3)
    uart.write(1, 1)
    #expect(uart.read(0).value == 3 && uart.read(1).value == 1)
    uart.write(3, 3)
    #expect(uart.read(1).value == 0)
  }

  @Test func `sending raises the transmitter's interrupt, and reading IIR lowers it`() {
    let uart = UartPort()
    #expect(uart.write(0, 65) == .init(sent: 65, line: false))
    #expect(uart.write(1, 2).line == true)
    #expect(uart.read(2).value == 2)
    #expect(uart.read(2).value == 1)
    #expect(uart.write(0, 66) == .init(sent: 66, line: true))
    #expect(uart.write(1, 0).line == false)
  }

  @Test func `received bytes interrupt until they are read`() {
    let uart = UartPort()
    #expect(!uart.device.canReceive)
    uart.write(2, 7)
    uart.write(1, 1)
    #expect(uart.device.canReceive)
    #expect(uart.receive(65))
    #expect(!uart.device.canReceive)
    #expect(uart.read(5).value == 0x61)
    #expect(uart.read(2).value == 0xC4)
    let (byte, effect) = uart.read(0)
    #expect(byte == 65 && effect.line == false)
    #expect(uart.read(0).value == 0)
  }

  @Test func `the FIFO holds sixteen bytes and is cleared by FCR`() {
    let uart = UartPort()
    uart.write(2, 1)
    for byte in 0..<20 { uart.receive(UInt8(byte)) }
    #expect((0..<17).map { _ in uart.read(0).value } == Array(0..<16) + [0])
    uart.receive(1)
    uart.write(2, 3)
    #expect(uart.read(5).value == 0x60)
  }
}

/// The virtio transport and its queue. The tests play drivers that follow the rules, and drivers that break
/// them.
struct VirtioTests {
  private let memory: PhysicalMemory
  private static let base: UInt64 = 0x8000_0000

  init() throws { memory = try PhysicalMemory(base: Self.base, size: 1 << 20) }

  private func descriptor(
    _ index: UInt64, _ address: UInt64, _ count: UInt32, _ flags: UInt16, _ next: UInt16 = 0
  ) {
    let at = Self.base + 16 * index
    memory.store64(at, address)
    memory.store32(at + 8, count)
    memory.store16(at + 12, flags)
    memory.store16(at + 14, next)
  }

  /// A device of `sectors` sectors. Its queue of 8 is at the start of RAM: descriptors, then the rings at
  /// 4096 and 8192.
  private func device(sectors: Int = 8) -> VirtioPort {
    device((0..<(512 * sectors)).map { UInt8($0 >> 9) })
  }

  /// The same with these bytes on its disk.
  private func device(_ bytes: [UInt8]) -> VirtioPort {
    let mmio = VirtioPort(VirtioMMIO(device: VirtioDisk(bytes), version: 2), memory)
    let writes: [(UInt64, UInt64)] = [
      (0x70, 0), (0x70, 1), (0x70, 3), (0x70, 11), (0x30, 0), (0x38, 8), (0x80, Self.base),
      (0x90, Self.base + 4096),
      (0xA0, Self.base + 8192), (0x44, 1), (0x70, 15),
    ]
    for (offset, value) in writes { mmio.write(offset, value) }
    return mmio
  }

  /// Makes a request with descriptors 0, 1, 2. Returns its status byte, and the device's report about its
  /// interrupt line.
  private func request(
    _ mmio: VirtioPort, type: UInt32, sector: UInt64, count: UInt32 = 1024
  ) -> (status: UInt8, line: Bool?) {
    let header = Self.base + 0x4000
    memory.store32(header, type)
    memory.store64(header + 8, sector)
    memory.store8(header + 16, 0xFF)
    descriptor(0, header, 16, 1, 1)
    descriptor(1, Self.base + 0x5000, count, type == 1 ? 1 : 3, 2)
    descriptor(2, header + 16, 1, 2)
    let line = kick(mmio)
    return (memory.load8(header + 16), line)
  }

  private func kick(_ mmio: VirtioPort, count: UInt16 = 1) -> Bool? {
    memory.store16(Self.base + 4098, memory.load16(Self.base + 4098) &+ count)
    return mmio.write(0x50, 0)
  }

  private var usedIndex: UInt16 { memory.load16(Self.base + 8194) }

  @Test func `reads, writes and unknown requests are answered`() {
    let mmio = device()
    #expect(request(mmio, type: 0, sector: 3) == (0, true))
    #expect(memory.load8(Self.base + 0x5000) == 3 && memory.load8(Self.base + 0x5000 + 512) == 4)
    #expect(memory.load32(Self.base + 8192 + 8) == 1025)
    memory.fill(Self.base + 0x5000, count: 1024, with: 0xAA)
    #expect(request(mmio, type: 1, sector: 6).status == 0)
    #expect(mmio.device.device?.bytes[(6 * 512)...].allSatisfy { $0 == 0xAA } == true)
    #expect(request(mmio, type: 4, sector: 0).status == 0)
    #expect(request(mmio, type: 99, sector: 0).status == 2)
    #expect(usedIndex == 4)
    #expect(mmio.read(0x60) == 1)
    #expect(mmio.write(0x64, 1) == false)
  }

  @Test(arguments: [(7, 1024), (8, 512), (.max, 512), (1 << 55, 512), (0, 100)] as [(UInt64, UInt32)])
  func `what is not on the disk is an I/O error`(sector: UInt64, count: UInt32) {
    for type in [UInt32(0), 1] {
      let mmio = device()
      #expect(request(mmio, type: type, sector: sector, count: count).status == 1)
      #expect(mmio.device.device == device().device.device)
    }
  }

  @Test(arguments: [
    "loop", "outside", "next", "indirect", "order", "index", "no header", "no status", "used",
  ])
  func `a broken queue needs a reset and serves nothing`(damage: String) {
    let mmio = device()
    descriptor(0, Self.base + 0x4000, 16, 1, 1)
    descriptor(1, Self.base + 0x5000, 512, 3, 2)
    descriptor(2, Self.base + 0x4010, 1, 2)
    var count: UInt16 = 1
    switch damage {
    case "loop": descriptor(2, Self.base + 0x4010, 1, 3, 1)
    case "outside": descriptor(1, Self.base + (1 << 20) - 8, 512, 3, 2)
    case "next": descriptor(1, Self.base + 0x5000, 512, 3, 8)
    case "indirect": descriptor(1, Self.base + 0x5000, 512, 7, 2)
    case "order": descriptor(2, Self.base + 0x4010, 1, 3, 0)
    case "index": count = 9
    case "no header": descriptor(0, Self.base + 0x4000, 15, 1, 1)
    case "no status": descriptor(1, Self.base + 0x5000, 512, 0)
    default: mmio.write(0xA4, 0xFFFF_FFFF)
    }
    #expect(kick(mmio, count: count) == true)
    #expect(mmio.read(0x70) & 0x40 != 0)
    #expect(mmio.read(0x60) == 2)
    #expect(usedIndex == 0)
    #expect(kick(mmio) == nil)
    #expect(mmio.write(0x70, 0) == false)
    #expect(mmio.read(0x70) == 0)
  }

  /// The requests read sectors into the queue itself. The eighth makes eight more requests.
  @Test func `requests that make more requests end`() {
    var disk = [UInt8](repeating: 0, count: 1024)
    (disk[2], disk[4 + 2 * 7]) = (8, 3)
    disk[512 + 2] = 16
    for slot in 0..<8 { disk[512 + 4 + 2 * slot] = 3 }
    let mmio = device(disk)
    for (first, sector) in [(0, 0), (3, 1)] as [(UInt64, UInt64)] {
      let header = Self.base + 0x4000 + 256 * first
      memory.store64(header + 8, sector)
      descriptor(first, header, 16, 1, UInt16(first) + 1)
      descriptor(first + 1, Self.base + 4096, 512, 3, UInt16(first) + 2)
      descriptor(first + 2, header + 16, 1, 2)
    }
    #expect(kick(mmio) == true)
    #expect(mmio.read(0x70) & 0x40 != 0, "the queue is broken")
    #expect(mmio.device.requests == 8)
  }

  @Test func `what requests cost is counted`() {
    let mmio = device()
    _ = request(mmio, type: 0, sector: 0)
    #expect(mmio.device.work == 1000 + 3 * 100 + 16 / 16 + 1024 / 16)
    mmio.write(0x70, 0)
    #expect(mmio.device.work == 1365, "a reset does not make the host's work undone")
  }

  @Test func `a driver that does not want interrupts gets none`() {
    let mmio = device()
    memory.store16(Self.base + 4096, 1)
    #expect(request(mmio, type: 0, sector: 0) == (0, nil))
    #expect(mmio.read(0x60) == 0)
  }

  @Test func `the legacy queue lies in one piece`() {
    let mmio = VirtioPort(
      VirtioMMIO(device: VirtioDisk(Array(repeating: 9, count: 1024)), version: 1), memory)
    for (offset, value) in [(0x70, 3), (0x28, 4096), (0x30, 0), (0x38, 8), (0x40, Self.base >> 12)]
      as [(UInt64, UInt64)]
    {
      mmio.write(offset, value)
    }
    #expect(mmio.read(0x40) == Self.base >> 12)
    memory.store32(Self.base + 0x4000, 0)
    descriptor(0, Self.base + 0x4000, 16, 1, 1)
    descriptor(1, Self.base + 0x5000, 512, 3, 2)
    descriptor(2, Self.base + 0x4010, 1, 2)
    memory.store16(Self.base + 128 + 2, 1)
    #expect(mmio.write(0x50, 0) == true)
    #expect(memory.load16(Self.base + 4096 + 2) == 1)
    #expect(memory.load8(Self.base + 0x5000) == 9)
  }

  @Test func `an empty slot has its magic and no device`() {
    let mmio = VirtioPort(VirtioMMIO(version: 2), memory)
    #expect(
      [0, 4, 8, 12, 0x10, 0x34, 0x100].map { mmio.read($0) } == [
        0x7472_6976, 2, 0, 0x554D_4551, 0, 0, 0,
      ])
  }
}

/// A kernel that cannot be booted is refused with a reason.
struct LoadingTests {
  @Test func `RAM must hold the kernel`() throws {
    var configuration = GuestBoard.configuration()
    configuration.memorySize = 4096
    #expect(throws: BoardError.self) { try Board(kernel: GuestBoard.elf("clint"), configuration) }
    configuration.memorySize = 5000
    #expect(throws: BoardError.self) { try Board(kernel: GuestBoard.elf("clint"), configuration) }
    configuration = GuestBoard.configuration(harts: 9)
    #expect(throws: BoardError.harts(9)) { try Board(kernel: GuestBoard.elf("clint"), configuration) }
  }
}

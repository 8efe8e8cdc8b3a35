import Sv39MMU
import Testing

@testable import VirtBoard

/// Each device's registers.
struct ClintTests {
  @Test func `mtimecmp is written whole and in halves`() {
    var clint = Clint(harts: 2)
    #expect(clint.write(0x4008, size: 8, 0x1_2345_6789))
    #expect(clint.timerCompare == [.max, 0x1_2345_6789])
    #expect(clint.write(0x400C, size: 4, 7))
    #expect(clint.read(0x4008, size: 8, time: 0) == 0x7_2345_6789)
    #expect(clint.read(0x400C, size: 4, time: 0) == 7)
  }

  @Test func `mtime is the time and cannot be set`() {
    var clint = Clint(harts: 1)
    #expect(clint.write(0xBFF8, size: 8, 5))
    #expect(clint.read(0xBFF8, size: 8, time: 0x1_0000_0002) == 0x1_0000_0002)
    #expect(clint.read(0xBFFC, size: 4, time: 0x1_0000_0002) == 1)
  }

  @Test func `harts that do not exist read as zero, and bytes are refused`() {
    var clint = Clint(harts: 1)
    #expect(clint.write(0x0004, size: 4, 1))
    #expect(clint.read(0x0004, size: 4, time: 9) == 0)
    #expect(clint.write(0x4008, size: 8, 1))
    #expect(clint.read(0x4008, size: 8, time: 9) == 0)
    #expect(clint.read(0, size: 1, time: 9) == nil)
    #expect(!clint.write(0, size: 2, 1))
  }
}

struct PlicTests {
  /// Source 1 of priority 2 and source 10 of priority `ten` enabled for hart 0's S mode.
  private func plic(ten: UInt64) -> Plic {
    var plic = Plic(harts: 1)
    _ = plic.write(4, size: 4, 2)
    _ = plic.write(40, size: 4, ten)
    _ = plic.write(0x2080, size: 4, 1 << 1 | 1 << 10 | 1)
    return plic
  }

  @Test(arguments: [(1, [1, 10]), (2, [1, 10]), (3, [10, 1])])
  func `the highest priority is claimed first, then the lowest number`(ten: UInt64, order: [UInt64]) {
    var plic = plic(ten: ten)
    plic.setLine(10, true)
    plic.setLine(1, true)
    #expect(plic.interrupts(1) && !plic.interrupts(0))
    #expect(plic.read(0x201004, size: 4) == order[0])
    #expect(plic.read(0x201004, size: 4) == order[1])
    #expect(plic.read(0x201004, size: 4) == 0)
    #expect(!plic.interrupts(1))
  }

  @Test func `what is claimed comes again after it is complete, if it is said anew`() {
    var plic = plic(ten: 1)
    plic.setLine(10, true)
    _ = plic.read(0x201004, size: 4)
    plic.setLine(10, true)
    #expect(!plic.interrupts(1))
    _ = plic.write(0x201004, size: 4, 10)
    #expect(plic.interrupts(1))
    plic.setLine(10, false)
    #expect(!plic.interrupts(1))
  }

  @Test func `threshold and priority zero mask`() {
    var plic = plic(ten: 0)
    plic.setLine(10, true)
    #expect(!plic.interrupts(1))
    _ = plic.write(40, size: 4, 3)
    #expect(plic.interrupts(1))
    _ = plic.write(0x201000, size: 4, 3)
    #expect(!plic.interrupts(1))
    #expect(plic.read(0x1000, size: 4) == 1 << 10)
  }

  @Test func `source 0 does not exist and numbers out of range are ignored`() {
    var plic = plic(ten: 1)
    _ = plic.write(0, size: 4, 7)
    #expect(plic.read(0, size: 4) == 0)
    #expect(plic.read(0x2080, size: 4) == 1 << 1 | 1 << 10)
    #expect(plic.write(0x201004, size: 4, 0xFFFF_FFFF))
    #expect(plic.write(0x20_8000, size: 4, 1))
    #expect(plic.read(0x20_8000, size: 4) == 0)
    #expect(plic.read(4, size: 8) == nil)
  }
}

struct UartTests {
  @Test func `the divisor lies behind DLAB`() {
    var uart = Uart()
    _ = uart.write(3, 0x83)
    _ = uart.write(0, 3)
    _ = uart.write(1, 1)
    #expect(uart.read(0).value == 3 && uart.read(1).value == 1)
    _ = uart.write(3, 3)
    #expect(uart.read(1).value == 0)
  }

  @Test func `sending raises the transmitter's interrupt, and reading IIR lowers it`() {
    var uart = Uart()
    #expect(uart.write(0, 65) == .init(sent: 65, line: false))
    #expect(uart.write(1, 2).line == true)
    #expect(uart.read(2).value == 2)
    #expect(uart.read(2).value == 1)
    #expect(uart.write(0, 66) == .init(sent: 66, line: true))
    #expect(uart.write(1, 0).line == false)
  }

  @Test func `received bytes interrupt until they are read`() {
    var uart = Uart()
    #expect(!uart.canReceive)
    _ = uart.write(2, 7)
    _ = uart.write(1, 1)
    #expect(uart.canReceive)
    #expect(uart.receive(65))
    #expect(!uart.canReceive)
    #expect(uart.read(5).value == 0x61)
    #expect(uart.read(2).value == 0xC4)
    let (byte, effect) = uart.read(0)
    #expect(byte == 65 && effect.line == false)
    #expect(uart.read(0).value == 0)
  }

  @Test func `the FIFO holds sixteen bytes and is cleared by FCR`() {
    var uart = Uart()
    _ = uart.write(2, 1)
    for byte in 0..<20 { _ = uart.receive(UInt8(byte)) }
    #expect((0..<17).map { _ in uart.read(0).value } == Array(0..<16) + [0])
    _ = uart.receive(1)
    _ = uart.write(2, 3)
    #expect(uart.read(5).value == 0x60)
  }
}

/// The virtio transport and its queue, driven as a driver would, and as none should.
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

  /// A device of `sectors` sectors whose queue of 8 lies at the start of RAM: descriptors, then rings at 4096 and 8192.
  private func device(sectors: Int = 8) -> VirtioMMIO {
    var mmio = VirtioMMIO(device: BlockDevice((0..<(512 * sectors)).map { UInt8($0 >> 9) }), version: 2)
    let writes: [(UInt64, UInt64)] = [
      (0x70, 0), (0x70, 1), (0x70, 3), (0x70, 11), (0x30, 0), (0x38, 8), (0x80, Self.base),
      (0x90, Self.base + 4096),
      (0xA0, Self.base + 8192), (0x44, 1), (0x70, 15),
    ]
    for (offset, value) in writes { _ = mmio.write(offset, size: 4, value, memory) }
    return mmio
  }

  /// A request in descriptors 0, 1, 2; its status byte, and what the device said of its line.
  private func request(
    _ mmio: inout VirtioMMIO, type: UInt32, sector: UInt64, count: UInt32 = 1024
  ) -> (status: UInt8, line: Bool?) {
    let header = Self.base + 0x4000
    memory.store32(header, type)
    memory.store64(header + 8, sector)
    memory.store8(header + 16, 0xFF)
    descriptor(0, header, 16, 1, 1)
    descriptor(1, Self.base + 0x5000, count, type == 1 ? 1 : 3, 2)
    descriptor(2, header + 16, 1, 2)
    let line = kick(&mmio)
    return (memory.load8(header + 16), line)
  }

  private func kick(_ mmio: inout VirtioMMIO, count: UInt16 = 1) -> Bool? {
    memory.store16(Self.base + 4098, memory.load16(Self.base + 4098) &+ count)
    return mmio.write(0x50, size: 4, 0, memory)
  }

  private var usedIndex: UInt16 { memory.load16(Self.base + 8194) }

  @Test func `reads, writes and unknown requests are answered`() {
    var mmio = device()
    #expect(request(&mmio, type: 0, sector: 3) == (0, true))
    #expect(memory.load8(Self.base + 0x5000) == 3 && memory.load8(Self.base + 0x5000 + 512) == 4)
    #expect(memory.load32(Self.base + 8192 + 8) == 1025)
    memory.fill(Self.base + 0x5000, count: 1024, with: 0xAA)
    #expect(request(&mmio, type: 1, sector: 6).status == 0)
    #expect(mmio.device?.bytes[(6 * 512)...].allSatisfy { $0 == 0xAA } == true)
    #expect(request(&mmio, type: 4, sector: 0).status == 0)
    #expect(request(&mmio, type: 99, sector: 0).status == 2)
    #expect(usedIndex == 4)
    #expect(mmio.read(0x60, size: 4) == 1)
    #expect(mmio.write(0x64, size: 4, 1, memory) == false)
  }

  @Test(arguments: [(UInt64(7), UInt32(1024)), (8, 512), (.max, 512), (1 << 55, 512), (0, 100)])
  func `what is not on the disk is an I/O error`(sector: UInt64, count: UInt32) {
    for type in [UInt32(0), 1] {
      var mmio = device()
      #expect(request(&mmio, type: type, sector: sector, count: count).status == 1)
      #expect(mmio.device == device().device)
    }
  }

  @Test(arguments: [
    "loop", "outside", "next", "indirect", "order", "index", "no header", "no status", "used",
  ])
  func `a broken queue needs a reset and serves nothing`(damage: String) {
    var mmio = device()
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
    default: _ = mmio.write(0xA4, size: 4, 0xFFFF_FFFF, memory)
    }
    #expect(kick(&mmio, count: count) == true)
    #expect(mmio.read(0x70, size: 4) & 0x40 != 0)
    #expect(mmio.read(0x60, size: 4) == 2)
    #expect(usedIndex == 0)
    #expect(kick(&mmio) == nil)
    #expect(mmio.write(0x70, size: 4, 0, memory) == false)
    #expect(mmio.read(0x70, size: 4) == 0)
  }

  @Test func `a driver that does not want interrupts gets none`() {
    var mmio = device()
    memory.store16(Self.base + 4096, 1)
    #expect(request(&mmio, type: 0, sector: 0) == (0, nil))
    #expect(mmio.read(0x60, size: 4) == 0)
  }

  @Test func `the legacy queue lies in one piece`() {
    var mmio = VirtioMMIO(device: BlockDevice(Array(repeating: 9, count: 1024)), version: 1)
    for (offset, value) in [(0x70, 3), (0x28, 4096), (0x30, 0), (0x38, 8), (0x40, Self.base >> 12)]
      as [(UInt64, UInt64)]
    {
      _ = mmio.write(offset, size: 4, value, memory)
    }
    #expect(mmio.read(0x40, size: 4) == Self.base >> 12)
    memory.store32(Self.base + 0x4000, 0)
    descriptor(0, Self.base + 0x4000, 16, 1, 1)
    descriptor(1, Self.base + 0x5000, 512, 3, 2)
    descriptor(2, Self.base + 0x4010, 1, 2)
    memory.store16(Self.base + 128 + 2, 1)
    #expect(mmio.write(0x50, size: 4, 0, memory) == true)
    #expect(memory.load16(Self.base + 4096 + 2) == 1)
    #expect(memory.load8(Self.base + 0x5000) == 9)
  }

  @Test func `an empty slot has its magic and no device`() {
    let mmio = VirtioMMIO(version: 2)
    #expect(
      [0, 4, 8, 12, 0x10, 0x34, 0x100].map { mmio.read($0, size: 4) } == [
        0x7472_6976, 2, 0, 0x554D_4551, 0, 0, 0,
      ])
  }
}

/// What cannot be booted is refused with a reason.
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

import VirtBoard

extension FuzzTarget {
  /// The queue of a virtio disk in guest RAM. The input is: transport and queue size, the places of the
  /// rings, then descriptors and the available ring as bytes.
  static let disk = FuzzTarget(
    name: "disk", maxLength: 1024,
    seeds: {
      func descriptor(_ at: UInt16, _ count: UInt16, _ flags: UInt8, _ next: UInt8) -> [UInt8] {
        [UInt8(at & 255), UInt8(at >> 8), UInt8(count & 255), UInt8(count >> 8), flags, next]
      }
      let request = descriptor(0x4000, 16, 1, 1) + descriptor(0x5000, 512, 3, 2) + descriptor(0x6000, 1, 2, 0)
      let write = descriptor(0x4010, 16, 1, 1) + descriptor(0x5000, 1024, 1, 2) + descriptor(0x6000, 1, 2, 0)
      return [
        [0, 8, 0, 3, 1] + request, [1, 8, 0, 3, 2] + write, [1, 4, 0, 3, 1] + descriptor(0x4020, 64, 3, 0),
        [0, 3, 1, 1, 200] + request,
      ]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      let kind = input.byte()
      let size = UInt64(input.byte()) | UInt64(input.byte() & 7) << 8
      let descriptors = Array(0..<(1 + input.choice(16)))
      let requests = UInt16(input.byte())
      var table: [UInt8] = []
      var writes = false
      for _ in descriptors {
        let offset = UInt64(input.number(UInt16.self))
        let count = UInt32(input.number(UInt16.self))
        let flags = input.byte()
        // Most addresses are in the free RAM. Some are in the program or the list, or outside RAM.
        let base = [AccessMachine.free, AccessMachine.free, Board.ramBase, 0][Int(flags >> 6)]
        if flags & 2 != 0 && count > 0 { writes = true }
        table += little(base + offset) + little(flags & 0x20 == 0 ? count : count << 16)
        table += little(UInt16(flags & 7)) + little(UInt16(input.byte()))
      }
      let available = little(UInt16(0)) + little(requests) + Array(input.rest.prefix(512))
      let area = AccessMachine.free
      // Requests with sector and type, at the addresses that the seeds name.
      let headers =
        little(UInt32(0)) + little(UInt32(0)) + little(UInt64(1))
        + little(UInt32(1)) + little(UInt32(0)) + little(UInt64(2))
        + little(UInt32(8)) + little(UInt32(0)) + little(UInt64(0))
      let ram = [(area + 0x4000, headers), (area, table), (area + 0x1000, available)]
      let contents = (0..<(8 * 512)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let legacy = kind & 1 == 0
      let accesses = legacy ? legacySetup(area, size) : modernSetup(area, size)
      let legacyRAM = legacy ? [(area + 0x4000, headers), (area, table), (area + 16 * size, available)] : ram

      let one = try AccessMachine(accesses, disk: contents, legacy: legacy, ram: legacyRAM)
      let other = try AccessMachine(accesses, disk: contents, legacy: legacy, ram: legacyRAM)
      let before = one.board.readVirtual(satp: 0, va: area + 0x8000, count: 0x1_0000)
      let (values, stop) = try one.run(overwrites: true)
      let (again, otherStop) = try other.run(overwrites: true)
      try promiseSame(values, again, "what two runs load")
      try promiseSame(stop, otherStop, "why two runs stop")
      let memory = Int(AccessMachine.memorySize)
      try promise(
        one.board.readVirtual(satp: 0, va: Board.ramBase, count: memory)
          == other.board.readVirtual(satp: 0, va: Board.ramBase, count: memory), "two runs leave the same RAM"
      )
      try promise(one.board.disk == other.board.disk, "two runs leave the same disk")
      try promise(one.board.disk?.count == contents.count, "a disk keeps its size")
      if !writes {
        // The used ring is at a lower address. Nothing else may have been written.
        let after = one.board.readVirtual(satp: 0, va: area + 0x8000, count: 0x1_0000)
        try promise(before == after, "a device writes only where a descriptor lets it")
      }
    })

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func stores(_ writes: [(UInt64, UInt64)]) -> [AccessMachine.Access] {
    writes.map { .init(address: 0x1000_1000 + $0.0, size: 2, value: $0.1) }
  }

  private static let notify: [(UInt64, UInt64)] = [(0x050, 0), (0x064, 3), (0x050, 0), (0x070, 0)]

  private static func modernSetup(_ area: UInt64, _ size: UInt64) -> [AccessMachine.Access] {
    stores(
      [
        (0x070, 0), (0x070, 3), (0x030, 0), (0x038, size), (0x080, area & 0xFFFF_FFFF), (0x084, area >> 32),
        (0x090, (area + 0x1000) & 0xFFFF_FFFF), (0x094, area >> 32), (0x0A0, (area + 0x2000) & 0xFFFF_FFFF),
        (0x0A4, area >> 32), (0x044, 1), (0x070, 15),
      ] + notify)
  }

  private static func legacySetup(_ area: UInt64, _ size: UInt64) -> [AccessMachine.Access] {
    stores(
      [
        (0x070, 0), (0x070, 3), (0x028, 4096), (0x030, 0), (0x038, size), (0x03C, 4096), (0x040, area >> 12),
        (0x070, 15),
      ] + notify)
  }
}

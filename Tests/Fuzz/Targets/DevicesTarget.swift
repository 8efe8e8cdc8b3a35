import VirtBoard

extension FuzzTarget {
  /// Accesses to device registers, with six bytes for each: device and size, offset (2), value (3). The first
  /// byte of the input chooses the disk's transport.
  static let devices = FuzzTarget(
    name: "devices", maxLength: 1024,
    seeds: {
      [
        [0, 0x90, 0, 0, 65, 0, 0, 0x10, 5, 0, 0, 0, 0, 0x90, 1, 0, 3, 0, 0, 0x10, 2, 0, 0, 0, 0],
        [
          1, 0xA9, 0, 0x40, 9, 9, 9, 0x3A, 0xF8, 0xBF, 0, 0, 0, 0xB2, 40, 0, 7, 0, 0, 0xB2, 0, 0x20, 0xFF,
          0xFF, 0,
        ],
        [0, 0xC2, 0x70, 0, 1, 0, 0, 0x42, 0x10, 0, 0, 0, 0, 0x47, 4, 1, 0, 0, 0, 0xD6, 0, 0, 0x33, 0x33, 1],
      ]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      let legacy = input.byte() & 1 == 0
      var accesses: [AccessMachine.Access] = []
      while !input.isEmpty, accesses.count < AccessMachine.maxAccesses { accesses.append(access(&input)) }
      let disk = [UInt8](repeating: 0x5A, count: 4 * 512)
      let one = try AccessMachine(accesses, disk: disk, legacy: legacy)
      let other = try AccessMachine(accesses, disk: disk, legacy: legacy)
      // There are no descriptors, and the queue, at address 0 to 2^24, is outside RAM. So devices do not
      // write to RAM here.
      let (values, stop) = try one.run()
      let (again, otherStop) = try other.run()
      try promiseSame(values, again, "what two runs load")
      try promiseSame(stop, otherStop, "why two runs stop")
      for (access, value) in zip(accesses, values) where access.value == nil && access.size < 3 {
        try promise(value >> UInt64(8 << access.size) == 0, "a load of \(1 << access.size) bytes: \(value)")
      }
      try promise(one.board.disk == disk, "registers alone do not write the disk")
    })

  /// The top bit means a store. The other bits are the device, 0 to 6, and the size.
  private static func access(_ input: inout FuzzInput) -> AccessMachine.Access {
    let kind = input.byte()
    let offset = UInt64(input.number(UInt16.self))
    let low = UInt64(input.byte()) | UInt64(input.byte()) << 8
    // The last byte of the value also fills its high bytes. So numbers are small, large or negative.
    let high = input.byte()
    let value = low | UInt64(high) << 16 | UInt64(bitPattern: Int64(Int8(bitPattern: high) >> 7)) << 24
    let bases: [UInt64] = [
      0x0C20_0000, 0x1000_0000, 0x0200_0000, 0x0C00_0000, 0x1000_1000, 0x10_0000, 0x0C00_0000 + 0x5F_0000, 0,
    ]
    let base = bases[Int(kind >> 4 & 7)]
    return .init(address: base &+ offset, size: UInt32(kind & 3), value: kind & 0x80 == 0 ? nil : value)
  }
}

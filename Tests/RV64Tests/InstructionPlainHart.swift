import RV64

/// A hart in U mode made of the tests' own statements: `CompressedListing` and `InstructionListing` to take
/// an instruction apart, `InstructionMeaning` for what it does. Slow and plain.
struct PlainHart {
  /// What LR reserved, and what was there.
  struct Reservation: Equatable {
    var address: UInt64
    var value: [UInt8]
  }

  struct Trap: Error, Equatable {
    var cause: UInt64
    var value: UInt64
  }

  /// What user memory is like at one virtual page.
  struct Page: Equatable {
    /// The physical address of the page that is mapped.
    var address: UInt64
    var readable: Bool
    var writable: Bool
    var executable: Bool
  }

  enum Access { case fetch, load, store }

  let ram: UInt64
  var bytes: [UInt8]
  var pc: UInt64
  var x = [UInt64](repeating: 0, count: 32)
  var retired: UInt64 = 0
  var reservation: Reservation?
  /// The address space, by virtual page number; nil if addresses are physical.
  var pages: [UInt64: Page]?
  /// The virtual pages touched, and those that a store was tried on.
  var touched: Set<UInt64> = []
  var storedTo: Set<UInt64> = []

  init(ram: UInt64, size: UInt64, pc: UInt64) {
    (self.ram, self.pc) = (ram, pc)
    bytes = [UInt8](repeating: 0, count: Int(size))
  }

  /// Executes one instruction. If it traps, nothing has happened, but a reservation is lost.
  mutating func step() -> Trap? {
    do throws(Trap) {
      try execute()
      retired += 1
      x[0] = 0
      return nil
    } catch {
      reservation = nil
      return error
    }
  }

  private mutating func execute() throws(Trap) {
    let low = UInt32(try read(pc, 2, .fetch))
    var (word, length) = (low, UInt64(2))
    if low & 3 == 3 {
      word |= UInt32(try read(pc &+ 2, 2, .fetch)) << 16
      length = 4
    } else {
      guard case .expands(_, let expanded) = CompressedListing.meaning(of: UInt16(low)) else {
        throw Trap(cause: 2, value: UInt64(low))
      }
      word = expanded
    }
    guard let row = InstructionListing.find(word) else { throw Trap(cause: 2, value: UInt64(word)) }
    let fields = row.fields(of: word)
    let (rd, rs1, rs2) = (Int(fields["rd"] ?? 0), Int(fields["rs1"] ?? 0), Int(fields["rs2"] ?? 0))
    let constant = UInt64(bitPattern: fields["imm"] ?? fields["shamt"] ?? 0)
    let (a, b) = (x[rs1], x[rs2])
    let name = row.mnemonic
    var next = pc &+ length

    if let meaning = InstructionMeaning.ofRegisters[name] {
      x[rd] = meaning(a, b)
    } else if let meaning = InstructionMeaning.ofConstant(name) {
      x[rd] = meaning(a, constant)
    } else if let isTaken = InstructionMeaning.ofBranches[name] {
      if isTaken(a, b) { next = pc &+ constant }
    } else if let (count, extend) = InstructionMeaning.ofLoads[name] {
      x[rd] = extend(try read(a &+ constant, count, .load))
    } else if let count = InstructionMeaning.ofStores[name] {
      try write(a &+ constant, count, b)
    } else if let meaning = InstructionMeaning.ofDoubleAtomics[name] {
      try aligned(a, 8, cause: 6)
      let old = try read(a, 8, .store)
      try write(a, 8, meaning(old, b))
      x[rd] = old
    } else if let meaning = InstructionMeaning.ofWordAtomics[name] {
      try aligned(a, 4, cause: 6)
      let old = try read(a, 4, .store)
      try write(a, 4, meaning(old, b))
      x[rd] = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: old)))
    } else {
      switch name {
      case "lui": x[rd] = constant
      case "auipc": x[rd] = pc &+ constant
      case "jal": (x[rd], next) = (next, pc &+ constant)
      case "jalr": (x[rd], next) = (next, (a &+ constant) & ~1)
      case "fence", "fence.i": break
      case "lr.w", "lr.d":
        let count = name == "lr.w" ? 4 : 8
        try aligned(a, UInt64(count), cause: 4)
        let value = try read(a, count, .load)
        x[rd] = count == 8 ? value : UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
        let place = try translate(a, count, .load)
        reservation = Reservation(address: place[0], value: contents(place))
      case "sc.w", "sc.d":
        let count = name == "sc.w" ? 4 : 8
        try aligned(a, UInt64(count), cause: 6)
        if let held = reservation {
          let place = try translate(a, count, .store)
          let succeeds = held == Reservation(address: place[0], value: contents(place))
          if succeeds { try write(a, count, b) }
          x[rd] = succeeds ? 0 : 1
        } else {
          x[rd] = 1
        }
        reservation = nil
      case "ecall": throw Trap(cause: 8, value: 0)
      case "ebreak": throw Trap(cause: 3, value: pc)
      default: throw Trap(cause: 2, value: UInt64(length == 2 ? low : word))
      }
    }
    pc = next
  }

  private func aligned(_ address: UInt64, _ count: UInt64, cause: UInt64) throws(Trap) {
    if address % count != 0 { throw Trap(cause: cause, value: address) }
  }

  private func contents(_ physical: [UInt64]) -> [UInt8] { physical.map { bytes[Int($0 - ram)] } }

  /// Where the bytes lie; refuses the first one that may not be touched so.
  private mutating func translate(
    _ address: UInt64, _ count: Int, _ access: Access
  ) throws(Trap) -> [UInt64] {
    var physical: [UInt64] = []
    for n in 0..<UInt64(count) {
      let va = address &+ n
      if let pages {
        let page = pages[va >> 12]
        let permitted =
          switch access {
          case .fetch: page?.executable
          case .load: page?.readable
          case .store: page?.writable
          }
        guard let page, permitted == true else {
          throw Trap(cause: access == .fetch ? 12 : access == .load ? 13 : 15, value: va)
        }
        touched.insert(va >> 12)
        if access == .store { storedTo.insert(va >> 12) }
        physical.append(page.address + va % 4096)
      } else {
        guard va >= ram, va - ram < UInt64(bytes.count) else {
          throw Trap(cause: access == .fetch ? 1 : access == .load ? 5 : 7, value: va)
        }
        physical.append(va)
      }
    }
    return physical
  }

  private mutating func read(_ address: UInt64, _ count: Int, _ access: Access) throws(Trap) -> UInt64 {
    contents(try translate(address, count, access)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func write(_ address: UInt64, _ count: Int, _ value: UInt64) throws(Trap) {
    for (n, byte) in try translate(address, count, .store).enumerated() {
      bytes[Int(byte - ram)] = UInt8(truncatingIfNeeded: value >> UInt64(8 * n))
    }
  }
}

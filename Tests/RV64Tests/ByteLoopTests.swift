import Sv39MMU
import TestSupport
import Testing

@testable import RV64

/// Byte loops run in strides leave at any moment what one instruction at a time leaves.
@Suite struct ByteLoopTests {
  /// x10 is the target, x11 the source or what is filled in, x12 the end or a count, x13 to x16 temporaries.
  struct Form: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var unit: UInt64
    var isFalling = false
    /// What x12 is the end of: x10 or x11; nil if it is a count.
    var ends: Int? = 10
    var code: [Code]
  }

  static let forms: [Form] = [
    Form(testDescription: "fill, gcc", unit: 1, code: [.sb(11, 10, 0), .addi(10, 10, 1), .bne(10, 12, -8)]),
    Form(
      testDescription: "fill, falling", unit: 1, isFalling: true,
      code: [.addi(10, 10, -1), .sb(11, 10, 0), .bne(12, 10, -8)]),
    Form(testDescription: "fill, zero", unit: 1, code: [.sb(0, 10, 0), .addi(10, 10, 1), .bltu(10, 12, -8)]),
    Form(
      testDescription: "fill, halves", unit: 2, code: [.addi(10, 10, 2), .sh(11, 10, -2), .blt(10, 12, -8)]),
    Form(
      testDescription: "fill, words", unit: 4, code: [.sw(11, 10, 0), .addi(10, 10, 4), .bne(10, 12, -8)]),
    Form(
      testDescription: "fill, doublewords", unit: 8,
      code: [.sd(11, 10, 0), .addi(10, 10, 8), .bltu(10, 12, -8)]),
    Form(
      testDescription: "copy, gcc", unit: 1, ends: 11,
      code: [.addi(11, 11, 1), .addi(10, 10, 1), .lbu(13, 11, -1), .sb(13, 10, -1), .bne(11, 12, -16)]),
    Form(
      testDescription: "copy, gcc, falling", unit: 1, isFalling: true, ends: 11,
      code: [.addi(11, 11, -1), .addi(10, 10, -1), .lbu(13, 11, 0), .sb(13, 10, 0), .bne(12, 11, -16)]),
    Form(
      testDescription: "copy, clang", unit: 1, ends: 11,
      code: [
        .lbu(14, 11, 0), .addi(15, 11, 1), .addi(16, 10, 1), .sb(14, 10, 0), .c(0x8542), .c(0x85BE),
        .bne(15, 12, -20),
      ]),
    Form(
      testDescription: "copy, signed, counted", unit: 1, ends: nil,
      code: [
        .lb(13, 11, 0), .addiw(12, 12, -1), .sb(13, 10, 0), .addi(11, 11, 1), .addi(10, 10, 1),
        .bne(12, 0, -20),
      ]),
    Form(
      testDescription: "copy, signed words", unit: 4,
      code: [.lw(13, 11, 0), .addi(11, 11, 4), .sw(13, 10, 0), .addi(10, 10, 4), .bne(10, 12, -16)]),
    Form(
      testDescription: "copy, doublewords, falling", unit: 8, isFalling: true,
      code: [.ld(13, 11, -8), .addi(11, 11, -8), .addi(10, 10, -8), .sd(13, 10, 0), .bne(10, 12, -16)]),
    Form(
      testDescription: "compare, gcc", unit: 1,
      code: [
        .lbu(13, 10, 0), .lbu(14, 11, 0), .bne(13, 14, 16), .addi(10, 10, 1), .addi(11, 11, 1),
        .bne(10, 12, -20),
      ]),
    Form(
      testDescription: "compare, clang", unit: 1, ends: nil,
      code: [
        .lbu(13, 10, 0), .lbu(14, 11, 0), .bne(13, 14, 20), .addiw(12, 12, -1), .addi(10, 10, 1),
        .addi(11, 11, 1), .bne(12, 0, -24),
      ]),
  ]

  private func loop(_ code: [Code]) -> ByteLoop? {
    var at = 0x100
    let placed = code.enumerated().map { n, code in
      defer { at += Int(code.size) }
      var placed = DecodedInstruction.decode(code.bits).placed(at: at)
      placed.through = UInt8(n + 1)
      return placed
    }
    let instructions = UnsafeMutablePointer<DecodedInstruction>.allocate(capacity: placed.count)
    defer { instructions.deallocate() }
    instructions.initialize(from: placed, count: placed.count)
    return ByteLoop(instructions, count: placed.count)
  }

  @Test(arguments: forms) func isRecognised(form: Form) throws {
    let found = try #require(loop(form.code))
    #expect(found.unit == form.unit)
    #expect(found.length == UInt64(form.code.count))
    #expect(found.target.step == Int64(form.unit) * (form.isFalling ? -1 : 1))
  }

  @Test(
    arguments: [
      // A step that is not the unit; none; a target that stays; two stores; an end that runs along.
      [.sb(11, 10, 0), .addi(10, 10, 2), .bne(10, 12, -8)],
      [.sb(11, 10, 0), .bne(10, 12, -4)],
      [.lbu(13, 11, 0), .sb(13, 10, 0), .addi(11, 11, 1), .bne(11, 12, -12)],
      [.sb(11, 10, 0), .sb(11, 10, 1), .addi(10, 10, 2), .bne(10, 12, -12)],
      [.sb(11, 10, 0), .addi(10, 10, 1), .addi(12, 12, 1), .bne(10, 12, -12)],
      // What is stored changes; is loaded after it was stored; is not what was loaded.
      [.sb(11, 10, 0), .addi(10, 10, 1), .addi(11, 11, 1), .bne(10, 12, -12)],
      [.sb(13, 10, 0), .lbu(13, 11, 0), .addi(11, 11, 1), .addi(10, 10, 1), .bne(11, 12, -16)],
      [.lbu(13, 11, 0), .sb(14, 10, 0), .addi(11, 11, 1), .addi(10, 10, 1), .bne(11, 12, -16)],
      // A pointer that is loaded; directions that differ; sizes that differ; no memory at all.
      [.ld(10, 10, 0), .sd(11, 10, 0), .addi(12, 12, 8), .bne(10, 12, -12)],
      [.lbu(13, 11, 0), .sb(13, 10, 0), .addi(11, 11, 1), .addi(10, 10, -1), .bne(11, 12, -16)],
      [.lw(13, 11, 0), .sb(13, 10, 0), .addi(11, 11, 1), .addi(10, 10, 1), .bne(11, 12, -16)],
      [.addi(10, 10, 1), .bne(10, 12, -4)],
    ] as [[Code]])
  func isNoByteLoop(code: [Code]) { #expect(loop(code) == nil) }

  /// Random places (aligned or not, overlapping or not), lengths and limits; data ends where nothing is
  /// mapped.
  @Test(arguments: forms) func leavesTheSameAtEveryMoment(form: Form) throws {
    var random = SeededGenerator(seed: 42)
    for round in 0..<24 {
      var twins = try HartTwins(running: form.code + [.ecall, .ecall, .ecall, .ecall]) { guest in
        var bytes = SeededGenerator(seed: UInt64(round))
        for offset in stride(from: UInt64(0), to: 4 * 4096, by: 8) {
          // Long stretches are alike, so that a comparison lasts.
          let value = form.code.count > 5 && round % 3 != 0 ? 0x0807_0605_0403_0201 : bytes.next()
          guest.memory.store64(HartTestGuest.frame(8) + offset, value)
        }
      }
      let slip = random.once(in: 6) ? random.next() % 8 : 0
      let distance = random.once(in: 2) ? random.next() % 64 * form.unit : random.next() % 9000 & ~7
      var target = 0x10000 + random.next() % 0x3000 & ~7 + slip
      if form.isFalling { target += 0x1000 }
      let source = random.once(in: 2) ? target &+ distance : target &- distance
      let units = 1 + random.next() % 6000 / form.unit
      let length = form.isFalling ? 0 &- units * form.unit : units * form.unit
      twins.set(10, target)
      twins.set(11, source)
      twins.set(12, form.ends.map { ($0 == 10 ? target : source) &+ length } ?? units)
      let place = "round \(round): \(hex(target)) from \(hex(source)), \(units) units"
      var limit: UInt64 = 0
      var stop = Hart.Stop.limit
      while stop == .limit && limit < 60_000 {
        limit += 1 + random.next() % (random.once(in: 3) ? 20 : 9000)
        stop = try twins.run(until: limit, place)
        if stop == .limit && random.once(in: 4) {
          let same = twins.agree(onFrames: 8..<12)
          try #require(same, "\(place)")
        }
      }
      let same = twins.agree(onFrames: 0..<12)
      try #require(same, "\(place)")
    }
  }

  /// Pages that were never touched, filled again and again by turns that end anywhere: as on a hart that
  /// knows no filled pages, and at the end they are filled ones still.
  @Test(arguments: forms.filter { $0.unit == 1 && $0.testDescription.hasPrefix("fill") })
  func leavesPagesFilled(form: Form) throws {
    var random = SeededGenerator(seed: 7)
    for round in 0..<12 {
      var twins = try HartTwins(running: form.code + [.ecall], without: .filledPages)
      var retired: UInt64 = 0
      for byte in [5, 1] as [UInt64] {
        (twins.fast.pc, twins.slow.pc) = (0x1000, 0x1000)
        let (low, high) = (0x10000 + random.next() % 3, 0x13000 - random.next() % 3)
        twins.set(10, form.isFalling ? high : low)
        twins.set(11, byte)
        twins.set(12, form.isFalling ? low : high)
        var stop = Hart.Stop.limit
        while stop == .limit {
          retired += 1 + random.next() % 12_000
          stop = try twins.run(until: retired, "round \(round)")
          retired = twins.fast.retired
        }
      }
      let memory = twins.guests.0.memory
      #expect((8..<11).map { memory.isFilled(HartTestGuest.frame($0), count: 1) } == [true, true, true])
      let same = twins.agree(onFrames: 0..<12)
      #expect(same)
    }
  }

  /// Fills run over their own code, and over the page table that maps it.
  @Test(arguments: [0, 0x33, 0x13, 0xFF] as [UInt64], [false, true])
  func fillsWhatIsWatched(value: UInt64, overTables: Bool) throws {
    for size in [1, 8] as [UInt64] {
      let store: Code = size == 1 ? .sb(11, 10, 0) : .sd(11, 10, 0)
      let code: [Code] = [store, .addi(10, 10, Int(size)), .bne(10, 12, -8), .ecall]
      var twins = try HartTwins(running: code)
      for guest in [twins.guests.0, twins.guests.1] {
        let satp = guest.lastSpace
        guest.map(satp, 0x14000, overTables ? guest.leafTable(satp, 0x1000) : HartTestGuest.frame(0))
      }
      // Every entry of the table becomes a page of the data.
      let entry = (HartTestGuest.frame(9) >> 12) << 10 | 0xDF
      twins.set(10, 0x13F00)
      twins.set(11, overTables && size == 8 && value == 0xFF ? entry : value)
      twins.set(12, 0x14F00)
      var limit: UInt64 = 0
      var stop = Hart.Stop.limit
      while stop == .limit && limit < 20_000 {
        limit += 777
        stop = try twins.run(until: limit, "value \(value), size \(size)")
      }
      let same = twins.agree(onFrames: 0..<12)
      #expect(same)
    }
  }
}

import Sv39MMU
import TestSupport
import Testing

@testable import RV64

struct TraceHashTests {
  private func hash(_ words: [UInt64]) -> TraceHash {
    var hash = TraceHash()
    for word in words { hash.fold(word) }
    return hash
  }

  private func hash(of text: String) -> TraceHash {
    var hash = TraceHash()
    Array(text.utf8).withUnsafeBytes { hash.fold($0) }
    return hash
  }

  /// Worked out with another program, written from the definition alone.
  @Test(
    arguments: [
      ([], "72dee428a469f6fd297943feb5d4ae30"),
      ([0], "e4b9bf924656c6ea557d3b367a6c9dfc"),
      ([1, 2, 3], "153e28679a11476312f8aabb2e1fecd7"),
      ([.max, 1 << 63, 0x0123_4567_89AB_CDEF], "72ef1233ea475574837c70a24d5a5390"),
    ] as [([UInt64], String)])
  func `the hash of words is the one that was defined`(words: [UInt64], digits: String) {
    #expect(hash(words).description == digits)
  }

  @Test(arguments: [
    ("", "e4b9bf924656c6ea557d3b367a6c9dfc"), ("trace hash of turns", "3e74d4776369321ba3883d8c87240f88"),
  ])
  func `the hash of bytes is the one that was defined`(text: String, digits: String) {
    #expect(hash(of: text).description == digits)
  }

  @Test func `any bit of any word makes another hash, and so do more words`() {
    var random = SeededGenerator(seed: 1)
    let words = (0..<16).map { _ in random.next() }
    var seen = Set([hash(words), hash(words + [0]), hash(words.dropLast())])
    for n in words.indices {
      for bit in 0..<64 {
        var changed = words
        changed[n] ^= 1 << UInt64(bit)
        seen.insert(hash(changed))
      }
    }
    #expect(seen.count == 3 + 16 * 64)
  }

  @Test func `a changed bit turns about half of the hash's bits`() {
    var random = SeededGenerator(seed: 2)
    var turned = 0
    for _ in 0..<1000 {
      var words = (0..<4).map { _ in random.next() }
      let before = hash(words).digest
      words[random.pick(0..<4)] ^= 1 << (random.next() % 64)
      let after = hash(words).digest
      turned += (before.high ^ after.high).nonzeroBitCount + (before.low ^ after.low).nonzeroBitCount
    }
    #expect(62...66 ~= Double(turned) / 1000)
  }

  @Test func `bytes do not run together`() {
    #expect(hash(of: "ab") != hash(of: "ab\0"))
    #expect(hash(of: "12345678") != hash(of: "12345678\0"))
  }
}

/// Whatever the guest can set in a hart shows in its hash.
struct HartTraceTests {
  private let memory: PhysicalMemory

  init() throws { memory = try PhysicalMemory(base: 0x8000_0000, size: 1 << 20) }

  private func hash(_ change: (inout Hart) -> Void) -> TraceHash {
    var hart = Hart(memory: memory)
    change(&hart)
    var hash = TraceHash()
    hash.fold(hart)
    return hash
  }

  @Test(arguments: 1..<32) func `every register counts`(n: Int) {
    #expect(hash { $0.setRegister(n, 1) } != hash { _ in })
  }

  @Test(arguments: CSR.allCases) func `every control and status register counts`(csr: CSR) {
    // Bits that each of those that can be written has room for: SIE and SUM, modes 1 and 8, SSIP, W^X of
    // entry 0.
    let values: [UInt64] = [2, 1 << 18 | 1, 8 << 60 | 1, 4, 1 << 12]
    let writable = values.contains { value in
      var hart = Hart(memory: memory)
      let before = hart.readCSR(csr)
      hart.writeCSR(csr, value)
      return hart.readCSR(csr) != before
    }
    let counts = values.contains { value in hash { $0.writeCSR(csr, value) } != hash { _ in } }
    #expect(counts == writable)
  }

  @Test func `where it is and what it has reserved counts`() {
    let hashes = [
      hash { _ in }, hash { $0.pc = 2 }, hash { $0.retired = 1 }, hash { $0.enter(.user) },
      hash { $0.timerCompare = 7 }, hash { $0.timeOffset = 10 },
      hash { $0.reservation = Reservation(ramOffset: 0, count: 8, value: 0) },
      hash { $0.setLine(.supervisorSoftware, true) },
    ]
    #expect(Set(hashes).count == hashes.count)
  }

  @Test func `every bit of memory counts`() {
    func hash() -> TraceHash {
      var hash = TraceHash()
      hash.fold(memory, from: memory.base)
      return hash
    }
    let before = hash()
    for address in [memory.base, memory.base + 4095, memory.base + 4096, memory.base + memory.size - 1] {
      memory.store8(address, 0x10)
      #expect(hash() != before)
      memory.store8(address, 0)
      #expect(hash() == before)
    }
    memory.fill(memory.base + 8192, count: 4096, with: 1)
    #expect(hash() != before)
  }
}

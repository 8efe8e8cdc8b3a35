/// Computes in plain Swift what the guests of `labs/benchmarks/guests` compute. It was written from their
/// descriptions.
enum GuestModels {
  static func answer(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func arithmetic(rounds: Int) -> UInt64 {
    var table = [UInt64](repeating: 0, count: 256)
    var x: UInt64 = 1
    var crc = UInt32.max
    for _ in 0..<rounds {
      for _ in 0..<200 {
        x &+= 0x9e37_79b9_7f4a_7c15
        var y = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
        y = (y ^ (y >> 27)) &* 0x94d0_49bb_1331_11eb
        y ^= y >> 31
        table[Int(y & 255)] &+= y >> 8
        x ^= y
      }
      for m in 0..<16 {
        let word = x &+ UInt64(m)
        for bit in 0..<64 {
          let isSet = (crc ^ UInt32(truncatingIfNeeded: word >> UInt64(bit))) & 1 == 1
          crc = (crc >> 1) ^ (isSet ? 0xedb8_8320 : 0)
        }
      }
      x &+= collatz(x >> 40 | 1) &+ divisor(x >> 8, UInt64(crc | 1))
      x ^= sort(x)
    }
    for value in table { x = x &* 31 &+ value }
    return x ^ UInt64(crc)
  }

  private static func collatz(_ start: UInt64) -> UInt64 {
    var x = start
    var count: UInt64 = 0
    while x != 1 && count < 150 {
      x = x & 1 == 1 ? 3 &* x &+ 1 : x / 2
      count += 1
    }
    return count
  }

  private static func divisor(_ a: UInt64, _ b: UInt64) -> UInt64 { b == 0 ? a : divisor(b, a % b) }

  /// How many pairs are in the wrong order, and the middle value.
  private static func sort(_ seed: UInt64) -> UInt64 {
    var x = seed
    let values = (0..<64).map { _ in
      x = x &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(truncatingIfNeeded: x >> 40)
    }
    var moved: UInt64 = 0
    for n in 0..<64 { for m in 0..<n where values[m] > values[n] { moved += 1 } }
    return moved ^ UInt64(values.sorted()[32]) << 32
  }

  static func bytes(rounds: Int) -> UInt64 {
    var pool = [[UInt8]](repeating: [UInt8](repeating: 0, count: 4096), count: 32)
    var sum: UInt64 = 0
    for round in 0..<rounds {
      let (page, other, last) = (round % 32, (round * 7 + 3) % 32, (round + 5) % 32)
      let low = UInt8(truncatingIfNeeded: round)
      pool[page] = [UInt8](repeating: 0, count: 4096)
      pool[other] = [UInt8](repeating: low, count: 4096)
      pool[last] = [UInt8](repeating: 5, count: 4096)
      pool[page][round * 61 % 4096] = low
      pool[other][round * 127 % 4096] = UInt8(truncatingIfNeeded: round >> 8)
      pool[last] = pool[other]
      let start = Array(pool[page][..<1024])
      pool[page].replaceSubrange(100..<1124, with: start)
      pool[page].replaceSubrange(..<16, with: Array(pool[page][3000..<3016]))
      sum = sum &* 31 &+ compare(pool[last], pool[other], 1024) &+ compare(pool[page], pool[last], 512) &* 3
      sum &+= UInt64(pool[page][(round * 61 + 100) % 4096])
    }
    for page in pool {
      for start in stride(from: 0, to: 4096, by: 8) {
        sum = sum &* 31 &+ page[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
    }
    return sum
  }

  private static func compare(_ a: [UInt8], _ b: [UInt8], _ count: Int) -> UInt64 {
    let difference = zip(a, b).prefix(count).lazy.map { Int64($0) - Int64($1) }.first { $0 != 0 }
    return UInt64(bitPattern: difference ?? 0)
  }

  static func calls(rounds: Int) -> UInt64 {
    var (total, sum): (UInt64, UInt64) = (0, 0)
    for n in stride(from: UInt64(rounds), to: 0, by: -1) {
      total += n
      sum = (sum &+ 42) ^ total
    }
    return sum ^ total << 16 ^ UInt64(2 * rounds + 1) << 48
  }

  static func faults(rounds: Int) -> UInt64 {
    let pages = UInt64(rounds) * 2048
    let addresses = UInt64(rounds) * (0..<2048).reduce(0) { $0 + 0x10000 + 4096 * $1 }
    return addresses ^ pages << 40
  }
}

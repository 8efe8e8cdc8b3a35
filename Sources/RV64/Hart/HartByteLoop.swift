import Foundation
import Sv39MMU

extension Hart {
  /// Does as many whole iterations of `loop` as can be done at once, at most `limit`, and returns their
  /// number. The hart is at the head of the loop before and after.
  ///
  /// The result is exact, because all iterations that are done
  ///
  /// - end with the branch back to the head;
  /// - touch only the page that each pointer is in now. The cached translations `loads` and `stores` hold
  ///   these pages, so no iteration can trap, reach a device, or write to a watched page;
  /// - would have come before the limit of the run, and before any interrupt;
  /// - copy only bytes that none of them has written, if the two ranges overlap against the direction.
  ///
  /// The interpreter does the next iteration, which may contain a page boundary, a fault, the end of the loop
  /// or the limit.
  @inline(never) mutating func runByteLoop(
    _ loop: UnsafePointer<ByteLoop>, limit: UInt64, _ loads: UnsafeMutablePointer<CachedTranslation>,
    _ stores: UnsafeMutablePointer<CachedTranslation>
  ) -> UInt64 {
    let unit = loop.pointee.unit
    let isRising = loop.pointee.target.step > 0
    let target = value(loop.pointee.target)
    var count = min(limit, iterations(loop.pointee.condition))
    guard count > 0 else { return 0 }

    switch loop.pointee.action {
    case .fill(let register):
      count = min(count, Self.inPage(target, unit, isRising))
      let size = Int(count &* unit)
      let value = registers[Int(register)]
      if let to = Self.host(target, unit, stores) {
        Self.fill(isRising ? to : to + Int(unit) - size, size, value, unit)
      } else if unit != 1 || !fillFilledPage(isRising ? target : target &+ 1 &- UInt64(size), size, value) {
        return 0
      }
    case .copy:
      let source = value(loop.pointee.source)
      guard let from = Self.host(source, unit, loads), let to = Self.host(target, unit, stores) else {
        return 0
      }
      count = min(count, Self.inPage(target, unit, isRising), Self.inPage(source, unit, isRising))
      // A copy in the direction of an overlap repeats what it has just written.
      let ahead = isRising ? to - from : from - to
      if ahead > 0 { count = min(count, UInt64(ahead) / unit) }
      guard count > 0 else { return 0 }
      let size = Int(count &* unit)
      let read = Self.extended(
        isRising ? from + size - Int(unit) : from + Int(unit) - size, loop.pointee.load)
      let back = isRising ? 0 : Int(unit) - size
      memmove(to + back, from + back, size)
      if let loaded = loop.pointee.loaded { registers[Int(loaded.0)] = read }
    case .compare:
      let source = value(loop.pointee.source)
      guard let a = Self.host(source, unit, loads), let b = Self.host(target, unit, loads) else { return 0 }
      count = min(count, Self.inPage(target, unit, isRising), Self.inPage(source, unit, isRising))
      count = Self.equalUnits(a, b, count, unit, isRising)
      guard count > 0 else { return 0 }
      let distance = Int((count &- 1) &* unit)
      let read = Self.extended(isRising ? a + distance : a - distance, loop.pointee.load)
      if let loaded = loop.pointee.loaded {
        registers[Int(loaded.0)] = read
        registers[Int(loaded.1)] = read
      }
    }
    update(loop.pointee.updates, after: count)
    return count
  }

  @inline(__always) private mutating func value(_ linear: ByteLoop.Linear) -> UInt64 {
    registers[Int(linear.register)] &+ UInt64(bitPattern: linear.offset)
  }

  /// How often, at least, the branch at the end will be taken from now on.
  private mutating func iterations(_ condition: ByteLoop.Condition) -> UInt64 {
    switch condition {
    case .differ(let a, let b):
      let step = a.step &- b.step
      let distance = step > 0 ? value(b) &- value(a) : value(a) &- value(b)
      // If the steps never make the two equal, they pass each other. The comparison before that is left out.
      return step.magnitude == 1 ? distance : distance / step.magnitude
    case .below(let a, let b):
      let (from, to) = (value(a), value(b))
      return from < to ? (to &- from &- 1) / UInt64(a.step) &+ 1 : 0
    case .belowSigned(let a, let b):
      let (from, to) = (value(a), value(b))
      return Int64(bitPattern: from) < Int64(bitPattern: to) ? (to &- from &- 1) / UInt64(a.step) &+ 1 : 0
    case .countdown(let counter):
      return UInt64(UInt32(truncatingIfNeeded: value(counter)))
    }
  }

  /// Whole units from `address` to the end of its page, in the direction of the loop.
  @inline(__always) private static func inPage(_ address: UInt64, _ unit: UInt64, _ isRising: Bool) -> UInt64
  {
    (isRising ? 4096 &- address & 4095 : address & 4095 &+ unit) / unit
  }

  /// The address of an aligned unit in host memory; nil if the cache does not hold its page.
  @inline(__always) private static func host(
    _ address: UInt64, _ unit: UInt64, _ cache: UnsafeMutablePointer<CachedTranslation>
  ) -> UnsafeMutableRawPointer? {
    let entry = cache + CachedTranslation.index(address)
    return entry.pointee.tag == address & (~4095 | (unit &- 1)) ? entry.pointee.host(address) : nil
  }

  private static func fill(_ start: UnsafeMutableRawPointer, _ size: Int, _ value: UInt64, _ unit: UInt64) {
    switch unit {
    case 1: memset(start, Int32(UInt8(truncatingIfNeeded: value)), size)
    case 2: fill(start, size, UInt16(truncatingIfNeeded: value))
    case 4: fill(start, size, UInt32(truncatingIfNeeded: value))
    default: fill(start, size, value)
    }
  }

  private static func fill<T: FixedWidthInteger>(_ start: UnsafeMutableRawPointer, _ size: Int, _ value: T) {
    start.assumingMemoryBound(to: T.self).update(repeating: value, count: size / MemoryLayout<T>.size)
  }

  /// How many units, of `count`, are equal in both places.
  private static func equalUnits(
    _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ count: UInt64, _ unit: UInt64,
    _ isRising: Bool
  ) -> UInt64 {
    let size = Int(unit)
    if isRising && memcmp(a, b, Int(count) * size) == 0 { return count }
    var equal: UInt64 = 0
    var at = 0
    while equal < count && memcmp(a + at, b + at, size) == 0 {
      equal += 1
      at += isRising ? size : -size
    }
    return equal
  }

  /// What a load leaves in its register.
  private static func extended(_ address: UnsafeMutableRawPointer, _ load: MemoryAccess) -> UInt64 {
    switch load.size {
    case 1: load.extended(UInt64(address.load(as: UInt8.self)))
    case 2: load.extended(UInt64(address.load(as: UInt16.self)))
    case 4: load.extended(UInt64(address.load(as: UInt32.self)))
    default: address.load(as: UInt64.self)
    }
  }

  /// Gives the registers the values that `count` (at least 1) iterations leave. A value that is derived from
  /// a register must be computed before that register is written.
  private mutating func update(_ updates: ByteLoop.Updates, after count: UInt64) {
    let (first, second) = (result(updates.first, count), result(updates.second, count))
    let (third, fourth) = (result(updates.third, count), result(updates.fourth, count))
    if let update = updates.first { registers[Int(update.register)] = first }
    if let update = updates.second { registers[Int(update.register)] = second }
    if let update = updates.third { registers[Int(update.register)] = third }
    if let update = updates.fourth { registers[Int(update.register)] = fourth }
  }

  /// What the iteration number `count`, counted from now, leaves in the register.
  @inline(__always) private mutating func result(_ update: ByteLoop.Update?, _ count: UInt64) -> UInt64 {
    guard let update else { return 0 }
    let steps = UInt64(bitPattern: update.value.step) &* (count &- 1)
    let result = value(update.value) &+ steps
    return update.isWord ? word(result) : result
  }
}

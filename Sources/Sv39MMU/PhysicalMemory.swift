import Foundation

/// Guest physical memory: one contiguous range of RAM.
///
/// Host pages are committed only when the guest touches them. This file is the only one that holds the raw pointer:
/// every access from elsewhere names a physical address and is checked here.
public final class PhysicalMemory: @unchecked Sendable {
  /// The first physical address of RAM.
  public let base: UInt64
  /// The size of RAM in bytes, a multiple of 4096.
  public let size: UInt64
  @usableFromInline let bytes: UnsafeMutableRawPointer

  /// Maps `size` bytes of zeroed RAM at physical address `base`.
  public init(base: UInt64, size: UInt64) {
    self.base = base
    self.size = size
    bytes = mmap(nil, Int(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)!
  }

  deinit { munmap(bytes, Int(size)) }

  /// A pointer to `count` bytes at physical address `address`, or nil where any of them is not RAM.
  @inlinable public func pointer(_ address: UInt64, count: Int) -> UnsafeMutableRawPointer? {
    let offset = address &- base
    guard offset < size, UInt64(count) <= size &- offset else { return nil }
    return bytes + Int(offset)
  }

  /// The 64-bit little-endian word at `address`; zero where there is no RAM.
  @inlinable public func load64(_ address: UInt64) -> UInt64 {
    pointer(address, count: 8)?.loadUnaligned(as: UInt64.self) ?? 0
  }

  /// Stores a 64-bit little-endian word; does nothing where there is no RAM.
  @inlinable public func store64(_ address: UInt64, _ value: UInt64) {
    pointer(address, count: 8)?.storeBytes(of: value, as: UInt64.self)
  }

  /// Fills `count` bytes from `address` on; false, and nothing done, where any of them is not RAM.
  @inlinable @discardableResult
  public func fill(_ address: UInt64, count: Int, with byte: UInt8) -> Bool {
    guard let p = pointer(address, count: count) else { return false }
    memset(p, Int32(byte), count)
    return true
  }

  /// Copies `count` bytes within RAM, overlapping or not; false, and nothing done, where any of them is not RAM.
  @inlinable @discardableResult
  public func copy(from source: UInt64, to destination: UInt64, count: Int) -> Bool {
    guard let s = pointer(source, count: count), let d = pointer(destination, count: count) else {
      return false
    }
    memmove(d, s, count)
    return true
  }

  /// Reads bytes of RAM at `address` into `buffer`; false, and nothing done, where any of them is not RAM.
  @inlinable @discardableResult
  public func read(_ address: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let p = pointer(address, count: buffer.count) else { return false }
    if buffer.count > 0 { memmove(buffer.baseAddress!, p, buffer.count) }
    return true
  }

  /// Writes bytes to RAM at `address`; false, and nothing done, where any of them is not RAM.
  @inlinable @discardableResult
  public func write(_ address: UInt64, from buffer: UnsafeRawBufferPointer) -> Bool {
    guard let p = pointer(address, count: buffer.count) else { return false }
    if buffer.count > 0 { memmove(p, buffer.baseAddress!, buffer.count) }
    return true
  }
}

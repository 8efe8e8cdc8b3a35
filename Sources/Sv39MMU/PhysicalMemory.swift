import Foundation

/// Why RAM with the given base and size is not possible.
public enum PhysicalMemoryError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The base or the size is not a multiple of the page size, or the size is zero.
  case notWholePages(base: UInt64, size: UInt64)
  /// The range would end after the 56-bit physical address space of Sv39.
  case beyondPhysicalAddresses(base: UInt64, size: UInt64)
  /// The host does not have that much memory.
  case refusedByHost(size: UInt64, reason: String)

  public var description: String {
    switch self {
    case .notWholePages(let base, let size):
      "RAM at \(hex(base)) of \(hex(size)) bytes is not a whole number of 4096-byte pages"
    case .beyondPhysicalAddresses(let base, let size):
      "RAM at \(hex(base)) of \(hex(size)) bytes passes the end of the 56-bit physical address space"
    case .refusedByHost(let size, let reason):
      "the host has no room for \(hex(size)) bytes of RAM: \(reason)"
    }
  }
}

/// Guest physical memory: one contiguous range of RAM. All bytes are zero when it is new.
///
/// It uses host memory only for pages that the guest touches, and not for pages with one repeated byte
/// (`FilledPages`). Only this file has the raw pointer: all other code gives a physical address, which is
/// checked here. Words are little-endian, and may be at any address.
public final class PhysicalMemory: @unchecked Sendable {
  /// The first physical address of RAM.
  public let base: UInt64
  /// The size of RAM in bytes, a multiple of 4096.
  public let size: UInt64
  @usableFromInline let bytes: UnsafeMutableRawPointer
  /// The pages with one repeated byte, which are not in the host's memory.
  public let filled: FilledPages
  /// What must be told of writes. Every write below tells it; code that writes through `pointer` must do so
  /// too.
  public let watch: WriteWatch

  /// Maps `size` bytes of zeroed RAM at physical address `base`, both multiples of 4096.
  public convenience init(base: UInt64, size: UInt64) throws(PhysicalMemoryError) {
    try self.init(base: base, size: size, sharing: nil)
  }

  /// RAM that starts with the contents of `frozen`, and shares its pages until they are written.
  package convenience init(sharing frozen: FrozenMemory) throws(PhysicalMemoryError) {
    try self.init(base: frozen.base, size: frozen.size, sharing: frozen)
  }

  private init(base: UInt64, size: UInt64, sharing frozen: FrozenMemory?) throws(PhysicalMemoryError) {
    guard size > 0, base % PGSIZE == 0, size % PGSIZE == 0 else {
      throw .notWholePages(base: base, size: size)
    }
    let limit: UInt64 = 1 << 56
    guard base < limit, size <= limit - base else { throw .beyondPhysicalAddresses(base: base, size: size) }
    let reserved = Self.hostSize(size)
    guard let start = frozen?.map() ?? (frozen == nil ? HostMemory.reserve(reserved) : nil) else {
      throw .refusedByHost(size: size, reason: HostMemory.lastRefusal())
    }
    let pages = Int(size >> PGSHIFT)
    guard let watch = WriteWatch(pages: pages, bytes: start) else {
      let reason = HostMemory.lastRefusal()
      HostMemory.release(start, reserved)
      throw .refusedByHost(size: size, reason: reason)
    }
    self.base = base
    self.size = size
    bytes = start
    filled = FilledPages(pages: pages, table: start + Int(size), bytes: start)
    self.watch = watch
  }

  deinit {
    HostMemory.release(bytes, Self.hostSize(size))
    watch.deallocate()
  }

  /// How many bytes are reserved for this much RAM: its bytes, followed by the table of `FilledPages`.
  static func hostSize(_ size: UInt64) -> Int { Int(size) + FilledPages.size(pages: Int(size >> PGSHIFT)) }

  /// Writes out all filled pages, and keeps every page in the host's memory from now on.
  package func writeOut() { filled.writeOut(offset: 0, count: Int(size)) }

  /// Whether the `count` bytes at physical address `address` are RAM. An empty range must begin in RAM too.
  @inlinable public func contains(_ address: UInt64, count: Int) -> Bool {
    let offset = address &- base
    // A negative count becomes a number larger than any size.
    return offset < size && UInt64(bitPattern: Int64(count)) <= size &- offset
  }

  /// A pointer to `count` bytes at physical address `address`, or nil if any of them is not RAM, or `count`
  /// is negative. (An empty range must begin in RAM too.) It is valid as long as this object lives.
  @inlinable public func pointer(_ address: UInt64, count: Int) -> UnsafeMutableRawPointer? {
    guard contains(address, count: count) else { return nil }
    let offset = address &- base
    if count > 0, filled.isFilled(offset: offset) || count > Int(4096 &- offset & 4095) {
      filled.writeOut(offset: offset, count: count)
    }
    return bytes + Int(truncatingIfNeeded: offset)
  }

  /// Whether the `count` bytes (at least 1) at `address` are RAM and all in one filled page.
  @inlinable package func isFilled(_ address: UInt64, count: Int) -> Bool {
    let offset = address &- base
    return count > 0 && count <= Int(4096 &- offset & 4095) && offset < size
      && filled.isFilled(offset: offset)
  }

  /// The `count` bytes (1...8) at `address`, zero-extended, if they are in a page that stays filled;
  /// otherwise nil.
  @inlinable package func loadFilled(_ address: UInt64, count: Int) -> UInt64? {
    isFilled(address, count: count) ? filled.load(offset: address &- base, count: count) : nil
  }

  /// Stores the low `count` bytes (1...8) of `value` at `address` if they are in a page that stays filled.
  /// Otherwise does nothing and returns false.
  @inlinable package func storeFilled(_ address: UInt64, _ value: UInt64, count: Int) -> Bool {
    isFilled(address, count: count) && filled.store(offset: address &- base, value, count: count)
  }

  /// Which parts of this RAM have been decoded.
  @inlinable public var code: CodeMarks { watch.code }

  /// A pointer through which `count` bytes can be written now. The watchers have been told already.
  @inlinable func writable(_ address: UInt64, count: Int) -> UnsafeMutableRawPointer? {
    guard let p = pointer(address, count: count) else { return nil }
    watch.noteWrite(offset: address &- base, count: count)
    return p
  }

  /// The byte at `address`; zero if there is no RAM.
  @inlinable public func load8(_ address: UInt64) -> UInt8 {
    pointer(address, count: 1)?.load(as: UInt8.self) ?? 0
  }

  /// The 16-bit word at `address`; zero if any of it is not RAM.
  @inlinable public func load16(_ address: UInt64) -> UInt16 {
    UInt16(littleEndian: pointer(address, count: 2)?.loadUnaligned(as: UInt16.self) ?? 0)
  }

  /// The 32-bit word at `address`; zero if any of it is not RAM.
  @inlinable public func load32(_ address: UInt64) -> UInt32 {
    UInt32(littleEndian: pointer(address, count: 4)?.loadUnaligned(as: UInt32.self) ?? 0)
  }

  /// The 64-bit word at `address`; zero if any of it is not RAM.
  @inlinable public func load64(_ address: UInt64) -> UInt64 {
    if let word = loadFilled(address, count: 8) { return word }
    return UInt64(littleEndian: pointer(address, count: 8)?.loadUnaligned(as: UInt64.self) ?? 0)
  }

  /// Stores a byte; does nothing if there is no RAM.
  @inlinable public func store8(_ address: UInt64, _ value: UInt8) {
    writable(address, count: 1)?.storeBytes(of: value, as: UInt8.self)
  }

  /// Stores a 16-bit word; does nothing if any of it is not RAM.
  @inlinable public func store16(_ address: UInt64, _ value: UInt16) {
    writable(address, count: 2)?.storeBytes(of: value.littleEndian, as: UInt16.self)
  }

  /// Stores a 32-bit word; does nothing if any of it is not RAM.
  @inlinable public func store32(_ address: UInt64, _ value: UInt32) {
    writable(address, count: 4)?.storeBytes(of: value.littleEndian, as: UInt32.self)
  }

  /// Stores a 64-bit word; does nothing if any of it is not RAM.
  @inlinable public func store64(_ address: UInt64, _ value: UInt64) {
    if storeFilled(address, value, count: 8) { return }
    writable(address, count: 8)?.storeBytes(of: value.littleEndian, as: UInt64.self)
  }

  /// Sets A, or A and D, in the page-table entry at `address`, which is in RAM and is a leaf. No cached
  /// translation depends on these bits being clear, so only decoded code is told.
  func markUsed(entryAt address: UInt64, _ entry: PTE) {
    guard let p = pointer(address, count: 8) else { return }
    let offset = address &- base
    if code.holdsCode(offset: offset) { code.noteWrite(offset: offset, count: 8) }
    p.storeBytes(of: entry.rawValue.littleEndian, as: UInt64.self)
  }

  /// Fills `count` bytes from `address` on. False, and nothing is done, if any of them is not RAM.
  @inlinable @discardableResult
  public func fill(_ address: UInt64, count: Int, with byte: UInt8) -> Bool {
    if isFilled(address, count: count) {
      // Nobody watches a filled page.
      if filled.fill(offset: address &- base, count: count, with: byte) { return true }
    }
    guard let p = writable(address, count: count) else { return false }
    memset(p, Int32(byte), count)
    return true
  }

  /// Copies `count` bytes within RAM; they may overlap. False, and nothing is done, if any of them is not
  /// RAM.
  @inlinable @discardableResult
  public func copy(from source: UInt64, to destination: UInt64, count: Int) -> Bool {
    guard let s = pointer(source, count: count), let d = writable(destination, count: count) else {
      return false
    }
    memmove(d, s, count)
    return true
  }

  /// Reads bytes of RAM at `address` into `buffer`. False, and nothing is done, if any of them is not RAM.
  @inlinable @discardableResult
  public func read(_ address: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let p = pointer(address, count: buffer.count) else { return false }
    buffer.copyMemory(from: UnsafeRawBufferPointer(start: p, count: buffer.count))
    return true
  }

  /// Writes bytes to RAM at `address`. False, and nothing is done, if any of them is not RAM.
  @inlinable @discardableResult
  public func write(_ address: UInt64, from buffer: UnsafeRawBufferPointer) -> Bool {
    guard let p = writable(address, count: buffer.count) else { return false }
    UnsafeMutableRawBufferPointer(start: p, count: buffer.count).copyMemory(from: buffer)
    return true
  }

  // MARK: Whole pages

  /// The page at `address`, which must be the start of a page. Nil if its bytes are not all the same, or it
  /// is not in RAM.
  package func filledPage(_ address: UInt64) -> FilledPage? {
    contains(address, count: Int(PGSIZE)) ? filled.contents(offset: address &- base) : nil
  }

  /// Replaces the page at `address`, which must be the start of a page. Does nothing if there is no RAM.
  package func replace(_ address: UInt64, by page: FilledPage) {
    if isFilled(address, count: Int(PGSIZE)) {
      filled.replace(offset: address &- base, by: page)
    } else if let bytes = writable(address, count: Int(PGSIZE)) {
      page.write(to: bytes)
    }
  }

  /// Whether both have RAM at the same addresses with the same bytes.
  package func holdsTheSame(as other: PhysicalMemory) -> Bool {
    guard base == other.base, size == other.size else { return false }
    return stride(from: base, to: base + size, by: Int(PGSIZE)).allSatisfy { address in
      let (mine, its) = (filledPage(address), other.filledPage(address))
      if mine != nil || its != nil { return mine == its }
      guard let a = pointer(address, count: Int(PGSIZE)), let b = other.pointer(address, count: Int(PGSIZE))
      else {
        return false
      }
      return memcmp(a, b, Int(PGSIZE)) == 0
    }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pages from the host: what differs between Linux and macOS about them.
enum HostMemory {
  /// Reserves `count` zeroed bytes of address space; the host commits a page when it is first touched, so that
  /// more may be reserved than the host has. Nil, and `errno` set, where the host refuses.
  static func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
    #if canImport(Darwin)
      let flags = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE
    #else
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #endif
    let start = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    return start == MAP_FAILED ? nil : start
  }

  /// Says that all of this memory will be used, so that the host may commit it in large pieces.
  static func expectFullUse(_ start: UnsafeMutableRawPointer, _ count: Int) {
    #if os(Linux)
      _ = madvise(start, count, MADV_HUGEPAGE)
    #endif
  }

  /// Gives back what `reserve` gave.
  static func release(_ start: UnsafeMutableRawPointer, _ count: Int) { munmap(start, count) }

  /// The host's reason for the last refusal, in its own words.
  static func lastRefusal() -> String { String(cString: strerror(errno)) }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pages from the host: what differs between Linux and macOS about them.
enum HostMemory {
  #if canImport(Darwin)
    private static let anonymous = MAP_ANON
  #else
    private static let anonymous = MAP_ANONYMOUS
  #endif

  /// Reserves `count` zeroed bytes of address space; the host commits a page when it is first touched, so that
  /// more may be reserved than the host has. Nil, and `errno` set, where the host refuses.
  static func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
    let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | anonymous | MAP_NORESERVE, -1, 0)
    return start == MAP_FAILED ? nil : start
  }

  /// Gives back what `reserve` or `mapCopy` gave.
  static func release(_ start: UnsafeMutableRawPointer, _ count: Int) { munmap(start, count) }

  /// A file without a name that reads as `count` zeros and takes room for what is written to it; nil where the host
  /// refuses. It is the caller's to close.
  static func openFile(_ count: Int) -> Int32? {
    guard let file = openUnnamed() else { return nil }
    guard ftruncate(file, off_t(count)) == 0 else {
      close(file)
      return nil
    }
    return file
  }

  /// In memory where the host has such files, or else in its folder for temporary ones.
  private static func openUnnamed() -> Int32? {
    #if os(Linux)
      // Not in the headers that Swift reads: looked for by name, as a library's function may be.
      typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
      if let create = dlsym(nil, "memfd_create") {
        let closedOnExec: UInt32 = 1
        let file = unsafeBitCast(create, to: Create.self)("labrunner", closedOnExec)
        if file >= 0 { return file }
      }
    #endif
    var name = Array("/tmp/labrunner-XXXXXX".utf8CString)
    let named = mkstemp(&name)
    guard named >= 0 else { return nil }
    unlink(name)
    _ = fcntl(named, F_SETFD, FD_CLOEXEC)
    return named
  }

  /// Maps `count` bytes of the file from `offset` on: pages that are shared until one is written, which the file does not
  /// see. They take the place of what was mapped at `place`, where that is given. Nil where the host refuses.
  static func mapCopy(
    of file: Int32, _ count: Int, from offset: Int = 0, at place: UnsafeMutableRawPointer? = nil
  ) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_NORESERVE | (place == nil ? 0 : MAP_FIXED)
    let start = mmap(place, count, PROT_READ | PROT_WRITE, flags, file, off_t(offset))
    return start == MAP_FAILED ? nil : start
  }

  /// Writes `count` bytes at `offset` of the file; false where the host has no room for them.
  static func write(_ start: UnsafeRawPointer, _ count: Int, to file: Int32, at offset: Int) -> Bool {
    var done = 0
    while done < count {
      let written = pwrite(file, start + done, count - done, off_t(offset + done))
      if written > 0 { done += written } else if written == 0 || errno != EINTR { return false }
    }
    return true
  }

  static func closeFile(_ file: Int32) { close(file) }

  /// The host's reason for the last refusal, in its own words.
  static func lastRefusal() -> String { String(cString: strerror(errno)) }
}

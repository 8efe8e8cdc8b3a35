#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pages from the host, and what is different about them on Linux and macOS.
enum HostMemory {
  #if canImport(Darwin)
    private static let anonymous = MAP_ANON
  #else
    private static let anonymous = MAP_ANONYMOUS
  #endif

  /// Reserves `count` zeroed bytes of address space. The host allocates a page when it is first touched, so
  /// more can be reserved than the host has. If the host refuses, returns nil and sets `errno`.
  static func reserve(_ count: Int) -> UnsafeMutableRawPointer? {
    let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | anonymous | MAP_NORESERVE, -1, 0)
    return start == MAP_FAILED ? nil : start
  }

  /// Gives back what `reserve` or `mapCopy` gave.
  static func release(_ start: UnsafeMutableRawPointer, _ count: Int) { munmap(start, count) }

  /// A file without a name that contains `count` zeros. It takes room only for what is written to it. Nil if
  /// the host refuses. The caller must close it.
  static func openFile(_ count: Int) -> Int32? {
    guard let file = openUnnamed() else { return nil }
    guard ftruncate(file, off_t(count)) == 0 else {
      close(file)
      return nil
    }
    return file
  }

  /// In memory if the host has such files, otherwise in its folder for temporary files.
  private static func openUnnamed() -> Int32? {
    #if os(Linux)
      // The headers that Swift reads do not declare it, so it is looked up by name.
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

  /// Maps `count` bytes of the file from `offset` on. A page is shared until it is written; writes do not
  /// change the file. If `place` is given, the pages replace what was mapped there. Nil if the host refuses.
  static func mapCopy(
    of file: Int32, _ count: Int, from offset: Int = 0, at place: UnsafeMutableRawPointer? = nil
  ) -> UnsafeMutableRawPointer? {
    let flags = MAP_PRIVATE | MAP_NORESERVE | (place == nil ? 0 : MAP_FIXED)
    let start = mmap(place, count, PROT_READ | PROT_WRITE, flags, file, off_t(offset))
    return start == MAP_FAILED ? nil : start
  }

  /// Writes `count` bytes at `offset` of the file. False if the host has no room for them.
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

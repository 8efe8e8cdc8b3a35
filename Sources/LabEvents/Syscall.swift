/// The system calls' numbers, as in xv6's kernel/syscall.h.
package enum Syscall: Int32, CaseIterable, Sendable {
  case fork = 1
  case exit, wait, pipe, read, kill, exec, fstat, chdir, dup, getpid, sbrk, sleep, uptime, open, write, mknod,
    unlink
  case link, mkdir, close

  /// Its name in C.
  package var name: String { Self.names[Int(rawValue) - 1] }

  private static let names = allCases.map { "\($0)" }
}

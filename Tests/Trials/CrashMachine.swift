import XV6FileSystem
import XV6Kernel

/// A kernel whose first process makes file-system calls by hand: its registers and its memory hold the
/// arguments, and it never runs an instruction.
struct CrashMachine {
  /// xv6's fcntl.h.
  private enum Mode {
    static let readOnly: UInt64 = 0
    static let readWrite: UInt64 = 2
    static let create: UInt64 = 0x200
    static let truncate: UInt64 = 0x400
  }

  private let kernel: Kernel
  /// The descriptor of the file that is kept open.
  private var held: UInt64?
  /// Addresses in the process's memory for paths and for data to write.
  private static let paths: [UInt64] = [1024, 2048]
  private static let buffer = PGSIZE

  /// Boots a kernel with this disk: it reads the superblock and recovers from the log.
  @discardableResult
  static func boot(_ disk: any Disk) throws -> Kernel {
    var configuration = KernelConfiguration(solution: EagerXV6(), disk: [])
    configuration.memorySize = 1 << 20  // little: the kernel's page table maps all of it
    let kernel = try Kernel(configuration, disk: disk)
    try kernel.fsinit()
    return kernel
  }

  init(disk: any Disk) throws {
    kernel = try Self.boot(disk)
    _ = try EagerXV6().sbrk(kernel, Int32(4 * PGSIZE))
  }

  /// Makes the call. Returns whether it succeeded.
  mutating func perform(_ call: CrashCall) throws -> Bool {
    switch call {
    case .create: return try open("b", Mode.create | Mode.readWrite, close)
    case .createBelow: return try open("d/b", Mode.create | Mode.readWrite, close)
    case .overwrite: return try write(CrashCall.overwritten, to: "a", atEnd: false)
    case .grow: return try write(CrashCall.appended, to: "a", atEnd: true)
    case .fill: return try write(CrashCall.filled, to: "b", atEnd: false)
    case .truncate: return try open("a", Mode.readWrite | Mode.truncate, close)
    case .link: return try link("a", "b")
    case .linkBelow: return try link("a", "d/b")
    case .rename: return try link("a", "b") && unlink("a")
    case .renameBelow: return try link("b", "d/b") && unlink("b")
    case .unlinkA: return try unlink("a")
    case .unlinkB: return try unlink("b")
    case .unlinkBelow: return try unlink("d/b")
    case .mkdir: return try succeeds(Kernel.sys_mkdir, path("b"))
    case .mkdirBelow: return try succeeds(Kernel.sys_mkdir, path("d/b"))
    case .rmdir: return try unlink("d")
    case .mknod: return try succeeds(Kernel.sys_mknod, path("b"), 1, 2)
    case .hold:
      guard held == nil else { return false }
      let fd = try system(Kernel.sys_open, path("a"), Mode.readWrite)
      if fd != .max { held = fd }
      return held != nil
    case .writeHeld:
      guard let held else { return false }
      return try write(CrashCall.held, held)
    case .letGo:
      guard let fd = held else { return false }
      held = nil
      return try close(fd)
    }
  }

  private typealias SystemCall = (Kernel) -> () throws(KernelHalt) -> UInt64

  private func system(_ call: SystemCall, _ arguments: UInt64...) throws -> UInt64 {
    let frame = kernel.myproc().trapframe
    for (index, argument) in arguments.enumerated() { frame[register: 10 + index] = argument }
    return try call(kernel)()
  }

  private func succeeds(_ call: SystemCall, _ a0: UInt64, _ a1: UInt64 = 0, _ a2: UInt64 = 0) throws -> Bool {
    try system(call, a0, a1, a2) != .max
  }

  private func poke(_ bytes: [UInt8], _ va: UInt64) throws {
    let copied = try bytes.withUnsafeBytes { try kernel.copyout(kernel.myproc().pagetable, to: va, from: $0) }
    precondition(copied, "the process has this memory")
  }

  private func path(_ text: String, _ slot: Int = 0) throws -> UInt64 {
    try poke(Array(text.utf8) + [0], Self.paths[slot])
    return Self.paths[slot]
  }

  private func open(_ name: String, _ mode: UInt64, _ body: (UInt64) throws -> Bool) throws -> Bool {
    let fd = try system(Kernel.sys_open, path(name), mode)
    return try fd != .max && body(fd)
  }

  private func close(_ fd: UInt64) throws -> Bool { try succeeds(Kernel.sys_close, fd) }
  private func unlink(_ name: String) throws -> Bool { try succeeds(Kernel.sys_unlink, path(name)) }
  private func link(_ old: String, _ new: String) throws -> Bool {
    try succeeds(Kernel.sys_link, path(old), path(new, 1))
  }

  private func write(_ bytes: [UInt8], to name: String, atEnd: Bool) throws -> Bool {
    try open(name, Mode.readWrite) { fd in
      while atEnd, case let count = try system(Kernel.sys_read, fd, Self.buffer, PGSIZE), count != 0 {
        if count == .max { return false }
      }
      let written = try write(bytes, fd)
      return try close(fd) && written
    }
  }

  private func write(_ bytes: [UInt8], _ fd: UInt64) throws -> Bool {
    try poke(bytes, Self.buffer)
    return try system(Kernel.sys_write, fd, Self.buffer, UInt64(bytes.count)) == UInt64(bytes.count)
  }
}

import XV6FileSystem

// The file-system calls on descriptors. Arguments come from a user program and are not trusted. Each call answers
// what the program finds in a0; `failure` is its -1.

private let failure = UInt64.max

/// How a file is opened (xv6's fcntl.h).
struct OpenMode: OptionSet {
  let rawValue: Int32
  /// O_WRONLY
  static let writeOnly = OpenMode(rawValue: 0x001)
  /// O_RDWR
  static let readWrite = OpenMode(rawValue: 0x002)
  /// O_CREATE
  static let create = OpenMode(rawValue: 0x200)
  /// O_TRUNC
  static let truncate = OpenMode(rawValue: 0x400)
}

extension Kernel {
  /// Argument `n` as a descriptor, with the file that it stands for; nil where it stands for none.
  private func argfd(_ n: Int) -> (fd: Int, file: OpenFile)? {
    let fd = Int(argint(n))
    let ofile = myproc().ofile
    guard ofile.indices.contains(fd), let file = ofile[fd] else { return nil }
    return (fd, file)
  }

  /// The process's lowest free descriptor, now standing for `f`, whose reference it takes over; nil where all are
  /// taken.
  private func fdalloc(_ f: OpenFile) -> Int? {
    let p = myproc()
    guard let fd = p.ofile.firstIndex(where: { $0 == nil }) else { return nil }
    p.ofile[fd] = f
    return fd
  }

  /// `dup(fd)`: another descriptor for the same open file.
  package func sys_dup() throws(KernelHalt) -> UInt64 {
    guard let (_, f) = argfd(0), let fd = fdalloc(f) else { return failure }
    try filedup(f)
    return UInt64(fd)
  }

  /// `read(fd, buf, n)`: how many bytes were read.
  package func sys_read() throws(KernelHalt) -> UInt64 {
    guard let (_, f) = argfd(0) else { return failure }
    return answer(try fileread(f, to: argaddr(1), count: argint(2)))
  }

  /// `write(fd, buf, n)`: how many bytes were written.
  package func sys_write() throws(KernelHalt) -> UInt64 {
    guard let (_, f) = argfd(0) else { return failure }
    return answer(try filewrite(f, from: argaddr(1), count: argint(2)))
  }

  /// `close(fd)`.
  package func sys_close() throws(KernelHalt) -> UInt64 {
    guard let (fd, f) = argfd(0) else { return failure }
    myproc().ofile[fd] = nil
    try fileclose(f)
    return 0
  }

  /// `fstat(fd, st)`.
  package func sys_fstat() throws(KernelHalt) -> UInt64 {
    guard let (_, f) = argfd(0) else { return failure }
    return try filestat(f, to: argaddr(1)) ? 0 : failure
  }

  /// `pipe(fds)`: two descriptors, the read end's first, stored at `fds` as two `int`s.
  package func sys_pipe() throws(KernelHalt) -> UInt64 {
    let fds = argaddr(0)
    guard let (reader, writer) = try pipealloc() else { return failure }
    let p = myproc()
    guard let fd0 = fdalloc(reader), let fd1 = fdalloc(writer) else {
      if let fd0 = p.ofile.firstIndex(where: { $0 === reader }) { p.ofile[fd0] = nil }
      try fileclose(reader)
      try fileclose(writer)
      return failure
    }
    guard try copyout(Int32(fd0), to: fds), try copyout(Int32(fd1), to: fds &+ 4) else {
      p.ofile[fd0] = nil
      p.ofile[fd1] = nil
      try fileclose(reader)
      try fileclose(writer)
      return failure
    }
    return 0
  }

  private func copyout(_ value: Int32, to address: UInt64) throws(KernelHalt) -> Bool {
    try withUnsafeBytes(of: value.littleEndian) { (bytes) throws(KernelHalt) in
      try eitherCopyout(to: .user(address), from: bytes)
    }
  }

  /// `open(path, mode)`: the lowest free descriptor.
  package func sys_open() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return failure }
    let mode = OpenMode(rawValue: argint(1))
    return try transaction { () throws(KernelHalt) in try open(path, mode) }
  }

  private func open(_ path: [UInt8], _ mode: OpenMode) throws(KernelHalt) -> UInt64 {
    guard let ip = mode.contains(.create) ? try create(path, .file) : try openExisting(path, mode) else {
      return failure
    }
    let isDevice = ip.type == FileType.device.rawValue
    if isDevice && !fs.devsw.indices.contains(Int(ip.disk.major)) {
      try iunlockput(ip)
      return failure
    }
    guard let f = filealloc() else {
      try iunlockput(ip)
      return failure
    }
    guard let fd = fdalloc(f) else {
      try fileclose(f)
      try iunlockput(ip)
      return failure
    }
    f.open(
      isDevice ? .device(ip, major: ip.disk.major) : .inode(ip), readable: !mode.contains(.writeOnly),
      writable: !mode.isDisjoint(with: [.writeOnly, .readWrite]))
    if mode.contains(.truncate) && ip.type == FileType.file.rawValue { try itrunc(ip) }
    try iunlock(ip)
    return UInt64(fd)
  }

  /// The inode that `path` names, locked; nil where there is none, or it is a directory and `mode` asks for more than
  /// reading it.
  private func openExisting(_ path: [UInt8], _ mode: OpenMode) throws(KernelHalt) -> Inode? {
    guard let ip = try namei(path) else { return nil }
    try ilock(ip)
    if ip.type == FileType.directory.rawValue && !mode.isEmpty {
      try iunlockput(ip)
      return nil
    }
    return ip
  }

  private func answer(_ count: Int32) -> UInt64 { UInt64(bitPattern: Int64(count)) }
}

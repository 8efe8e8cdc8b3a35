import XV6FileSystem

// The part of xv6's kernel/sysfile.c about descriptors, and `sys_exec`. Arguments come from a user program
// and are not trusted. Each call returns the program's a0; `failure` is its -1.

private let failure = UInt64.max

extension Kernel {
  /// Argument `n` as a descriptor, and its open file; nil if there is none.
  private func argfd(_ n: Int) -> (fd: Int, file: OpenFile)? {
    let fd = Int(argint(n))
    let ofile = myproc().ofile
    guard ofile.indices.contains(fd), let file = ofile[fd] else { return nil }
    return (fd, file)
  }

  /// Takes the process's lowest free descriptor for `f`, and returns it; nil if all are in use. The
  /// descriptor takes over the caller's reference to `f`.
  func fdalloc(_ f: OpenFile) -> Int? {
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

  /// `read(fd, buf, n)`: returns how many bytes were read.
  package func sys_read() throws(KernelHalt) -> UInt64 {
    guard let (_, f) = argfd(0) else { return failure }
    return answer(try fileread(f, to: argaddr(1), count: argint(2)))
  }

  /// `write(fd, buf, n)`: returns how many bytes were written.
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

  /// `pipe(fds)`: stores two descriptors at `fds`, as two `int`s, first the read end's.
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

  /// `exec(path, argv)`: takes the path and the arguments from the process, each argument in a page of its
  /// own, and calls `exec`.
  func sys_exec() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return .max }
    let p = myproc()
    var argv: [UInt64] = []
    swap(&argv, &p.argumentPages)
    defer {
      argv.removeAll(keepingCapacity: true)
      swap(&argv, &p.argumentPages)
    }
    argv.reserveCapacity(MAXARG)
    let complete = try fetchArguments(argaddr(1), into: &argv)
    let argc = complete ? try exec(path, argv) : nil
    for page in argv { try kfree(page) }
    return argc ?? .max
  }

  /// Fetches the argument vector at address `uargv` into pages. False if it is too long, if the process does
  /// not have all of it, or if memory has run out. The caller always frees the pages in `argv`.
  private func fetchArguments(_ uargv: UInt64, into argv: inout [UInt64]) throws(KernelHalt) -> Bool {
    while argv.count < MAXARG {
      guard let argument = try fetchaddr(uargv &+ 8 &* UInt64(argv.count)) else { return false }
      if argument == 0 { return true }
      guard let page = try kalloc() else { return false }
      argv.append(page)
      guard let room = memory.pointer(page, count: Int(PGSIZE)) else { throw kerneltrap(page) }
      let buffer = UnsafeMutableRawBufferPointer(start: room, count: Int(PGSIZE))
      guard try fetchstr(argument, into: buffer) else { return false }
    }
    return false
  }

  private func copyout(_ value: Int32, to address: UInt64) throws(KernelHalt) -> Bool {
    try withUnsafeBytes(of: value.littleEndian) { (bytes) throws(KernelHalt) in
      try either_copyout(to: .user(address), from: bytes)
    }
  }

  private func answer(_ count: Int32) -> UInt64 { UInt64(bitPattern: Int64(count)) }
}

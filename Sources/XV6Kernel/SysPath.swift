import XV6FileSystem

// The part of xv6's kernel/sysfile.c about paths. Each call runs as one transaction. `sys_open` takes the
// arguments from the process, which are not trusted, and returns the process's a0; `open` does the work. The
// others work the same way.

private let failure = UInt64.max

extension Kernel {
  /// Runs `body` as one file-system operation: either everything that it writes reaches the disk, or nothing.
  private func transaction<Result>(_ body: () throws(KernelHalt) -> Result) throws(KernelHalt) -> Result {
    begin_op()
    let result = try body()
    try end_op()
    return result
  }

  /// Makes a new inode of `type` at `path`, and returns it locked. For a plain file, it returns a file that
  /// already exists. Nil if the name is used for something else, or its directory is missing. Call it within
  /// a transaction.
  func create(
    _ path: [UInt8], _ type: FileType, major: Int16 = 0, minor: Int16 = 0
  ) throws(KernelHalt) -> Inode? {
    guard let (dp, name) = try nameiparent(path) else { return nil }
    try ilock(dp)

    if let ip = try dirlookup(dp, name)?.inode {
      try iunlockput(dp)
      try ilock(ip)
      if type == .file && (ip.disk.fileType == .file || ip.disk.fileType == .device) { return ip }
      try iunlockput(ip)
      return nil
    }

    let ip = try ialloc(type.rawValue)
    try ilock(ip)
    ip.disk.major = major
    ip.disk.minor = minor
    ip.disk.nlink = 1
    try iupdate(ip)

    if type == .directory {
      // ".." counts as a link to the parent. "." does not count: otherwise no directory could ever be freed.
      dp.disk.nlink &+= 1
      try iupdate(dp)
      guard try dirlink(ip, .dot, ip.inum), try dirlink(ip, .dotDot, dp.inum) else {
        throw panic("create dots")
      }
    }
    guard try dirlink(dp, name, ip.inum) else { throw panic("create: dirlink") }
    try iunlockput(dp)
    return ip
  }

  /// `open(path, mode)`: returns the lowest free descriptor.
  package func sys_open() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return failure }
    guard let fd = try open(path, OpenMode(rawValue: argint(1))) else { return failure }
    return UInt64(fd)
  }

  func open(_ path: [UInt8], _ mode: OpenMode) throws(KernelHalt) -> Int? {
    try transaction { () throws(KernelHalt) in
      guard let ip = mode.contains(.create) ? try create(path, .file) : try openExisting(path, mode) else {
        return nil
      }
      let isDevice = ip.disk.fileType == .device
      if isDevice && !fs.devsw.indices.contains(Int(ip.disk.major)) {
        try iunlockput(ip)
        return nil
      }
      guard let f = filealloc() else {
        try iunlockput(ip)
        return nil
      }
      guard let fd = fdalloc(f) else {
        try fileclose(f)
        try iunlockput(ip)
        return nil
      }
      f.open(
        isDevice ? .device(ip, major: ip.disk.major) : .inode(ip), readable: !mode.contains(.writeOnly),
        writable: !mode.isDisjoint(with: [.writeOnly, .readWrite]))
      if mode.contains(.truncate) && ip.disk.fileType == .file { try itrunc(ip) }
      try iunlock(ip)
      return fd
    }
  }

  /// The inode that `path` names, locked. Nil if there is none, or if it is a directory and `mode` is not
  /// read-only.
  private func openExisting(_ path: [UInt8], _ mode: OpenMode) throws(KernelHalt) -> Inode? {
    guard let ip = try namei(path) else { return nil }
    try ilock(ip)
    if ip.disk.fileType == .directory && mode != .readOnly {
      try iunlockput(ip)
      return nil
    }
    return ip
  }

  /// `mkdir(path)`.
  package func sys_mkdir() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return failure }
    return try mkdir(path) ? 0 : failure
  }

  func mkdir(_ path: [UInt8]) throws(KernelHalt) -> Bool {
    try transaction { () throws(KernelHalt) in
      guard let ip = try create(path, .directory) else { return false }
      try iunlockput(ip)
      return true
    }
  }

  /// `mknod(path, major, minor)`: makes a device file.
  package func sys_mknod() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return failure }
    let major = Int16(truncatingIfNeeded: argint(1))
    let minor = Int16(truncatingIfNeeded: argint(2))
    return try mknod(path, major: major, minor: minor) ? 0 : failure
  }

  func mknod(_ path: [UInt8], major: Int16, minor: Int16) throws(KernelHalt) -> Bool {
    try transaction { () throws(KernelHalt) in
      guard let ip = try create(path, .device, major: major, minor: minor) else { return false }
      try iunlockput(ip)
      return true
    }
  }

  /// `chdir(path)`.
  package func sys_chdir() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return failure }
    return try chdir(path) ? 0 : failure
  }

  func chdir(_ path: [UInt8]) throws(KernelHalt) -> Bool {
    try transaction { () throws(KernelHalt) in
      guard let ip = try namei(path) else { return false }
      try ilock(ip)
      guard ip.disk.fileType == .directory else {
        try iunlockput(ip)
        return false
      }
      try iunlock(ip)
      let p = myproc()
      if let old = p.cwd { try iput(old) }
      p.cwd = ip
      return true
    }
  }

  /// `link(old, new)`: gives a file another name. It must not be a directory.
  package func sys_link() throws(KernelHalt) -> UInt64 {
    guard let old = try argstr(0, max: MAXPATH), let new = try argstr(1, max: MAXPATH) else {
      return failure
    }
    return try link(old, new) ? 0 : failure
  }

  func link(_ old: [UInt8], _ new: [UInt8]) throws(KernelHalt) -> Bool {
    try transaction { () throws(KernelHalt) in
      guard let ip = try namei(old) else { return false }
      try ilock(ip)
      if ip.disk.fileType == .directory {
        try iunlockput(ip)
        return false
      }
      ip.disk.nlink &+= 1
      try iupdate(ip)
      try iunlock(ip)

      if try enter(ip, as: new) {
        try iput(ip)
        return true
      }
      try ilock(ip)
      ip.disk.nlink &-= 1
      try iupdate(ip)
      try iunlockput(ip)
      return false
    }
  }

  /// Makes `path` a name of `ip`. False if the name is already used, or its directory is missing.
  private func enter(_ ip: Inode, as path: [UInt8]) throws(KernelHalt) -> Bool {
    guard let (dp, name) = try nameiparent(path) else { return false }
    try ilock(dp)
    let entered = try dirlink(dp, name, ip.inum)
    try iunlockput(dp)
    return entered
  }

  /// `unlink(path)`: removes the name. The file is freed when it has no name and no process has it open. A
  /// directory must be empty. "." and ".." cannot be unlinked.
  package func sys_unlink() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return failure }
    return try unlink(path) ? 0 : failure
  }

  func unlink(_ path: [UInt8]) throws(KernelHalt) -> Bool {
    try transaction { () throws(KernelHalt) in
      guard let (dp, name) = try nameiparent(path) else { return false }
      try ilock(dp)
      guard name != .dot && name != .dotDot, let found = try dirlookup(dp, name) else {
        try iunlockput(dp)
        return false
      }
      let ip = found.inode
      try ilock(ip)
      guard ip.disk.nlink > 0 else { throw panic("unlink: nlink < 1") }
      let isDirectory = ip.disk.fileType == .directory
      if isDirectory, try !isdirempty(ip) {
        try iunlockput(ip)
        try iunlockput(dp)
        return false
      }

      let free = DirectoryEntry(inum: 0, name: .none)
      guard try writeEntry(free, to: dp, at: found.offset) else { throw panic("unlink: writei") }
      if isDirectory {
        dp.disk.nlink &-= 1
        try iupdate(dp)
      }
      try iunlockput(dp)

      ip.disk.nlink &-= 1
      try iupdate(ip)
      try iunlockput(ip)
      return true
    }
  }
}

import XV6FileSystem

// The file-system calls on paths. Each runs as one transaction, and answers what the program finds in a0.

private let failure = UInt64.max

extension Kernel {
  /// Runs `body` as one file-system operation: all that it writes reaches the disk, or nothing does.
  func transaction(_ body: () throws(KernelHalt) -> UInt64) throws(KernelHalt) -> UInt64 {
    beginOp()
    let result = try body()
    try endOp()
    return result
  }

  /// A new inode of `type` under `path`, locked; for a plain file, also one that is there already. Nil where the
  /// name is taken otherwise, or its directory is missing. Within a transaction.
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
      // ".." counts as a link to the parent; "." is not counted, or no directory would ever be freed.
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

  /// `mkdir(path)`.
  package func sys_mkdir() throws(KernelHalt) -> UInt64 {
    try transaction { () throws(KernelHalt) in
      guard let path = try argstr(0, max: MAXPATH), let ip = try create(path, .directory) else {
        return failure
      }
      try iunlockput(ip)
      return 0
    }
  }

  /// `mknod(path, major, minor)`: a device file.
  package func sys_mknod() throws(KernelHalt) -> UInt64 {
    try transaction { () throws(KernelHalt) in
      guard let path = try argstr(0, max: MAXPATH) else { return failure }
      let major = Int16(truncatingIfNeeded: argint(1))
      let minor = Int16(truncatingIfNeeded: argint(2))
      guard let ip = try create(path, .device, major: major, minor: minor) else { return failure }
      try iunlockput(ip)
      return 0
    }
  }

  /// `chdir(path)`.
  package func sys_chdir() throws(KernelHalt) -> UInt64 {
    try transaction { () throws(KernelHalt) in
      guard let path = try argstr(0, max: MAXPATH), let ip = try namei(path) else { return failure }
      try ilock(ip)
      guard ip.disk.fileType == .directory else {
        try iunlockput(ip)
        return failure
      }
      try iunlock(ip)
      let p = myproc()
      if let old = p.cwd { try iput(old) }
      p.cwd = ip
      return 0
    }
  }

  /// `link(old, new)`: another name for a file that is no directory.
  package func sys_link() throws(KernelHalt) -> UInt64 {
    guard let old = try argstr(0, max: MAXPATH), let new = try argstr(1, max: MAXPATH) else {
      return failure
    }
    return try transaction { () throws(KernelHalt) in
      guard let ip = try namei(old) else { return failure }
      try ilock(ip)
      if ip.disk.fileType == .directory {
        try iunlockput(ip)
        return failure
      }
      ip.disk.nlink &+= 1
      try iupdate(ip)
      try iunlock(ip)

      if try link(ip, at: new) {
        try iput(ip)
        return 0
      }
      try ilock(ip)
      ip.disk.nlink &-= 1
      try iupdate(ip)
      try iunlockput(ip)
      return failure
    }
  }

  /// Enters `path` as a name of `ip`; false where it is taken, or its directory is missing.
  private func link(_ ip: Inode, at path: [UInt8]) throws(KernelHalt) -> Bool {
    guard let (dp, name) = try nameiparent(path) else { return false }
    try ilock(dp)
    let linked = try dirlink(dp, name, ip.inum)
    try iunlockput(dp)
    return linked
  }

  /// `unlink(path)`: takes the name away; the file goes with its last name, once nobody has it open. A directory
  /// must be empty, and its own "." and ".." cannot be unlinked.
  package func sys_unlink() throws(KernelHalt) -> UInt64 {
    guard let path = try argstr(0, max: MAXPATH) else { return failure }
    return try transaction { () throws(KernelHalt) in
      guard let (dp, name) = try nameiparent(path) else { return failure }
      try ilock(dp)
      guard name != .dot && name != .dotDot, let found = try dirlookup(dp, name) else {
        try iunlockput(dp)
        return failure
      }
      let ip = found.inode
      try ilock(ip)
      guard ip.disk.nlink > 0 else { throw panic("unlink: nlink < 1") }
      let isDirectory = ip.disk.fileType == .directory
      if isDirectory, try !isdirempty(ip) {
        try iunlockput(ip)
        try iunlockput(dp)
        return failure
      }

      let free = DirectoryEntry(inum: 0, name: FileName(truncating: []))
      guard try writeEntry(free, to: dp, at: found.offset) else { throw panic("unlink: writei") }
      if isDirectory {
        dp.disk.nlink &-= 1
        try iupdate(dp)
      }
      try iunlockput(dp)

      ip.disk.nlink &-= 1
      try iupdate(ip)
      try iunlockput(ip)
      return 0
    }
  }
}

import LabEvents

// xv6's kernel/exec.c: replaces a process's memory with a program.

/// The fields of an ELF64 file header that `exec` looks at.
private struct ElfHeader {
  static let size = 64
  static let magic: UInt32 = 0x464c_457f
  let entry: UInt64
  let phoff: UInt64
  let phnum: UInt16

  /// Nil if the bytes do not begin as an ELF file does.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self) == Self.magic else { return nil }
    entry = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    phoff = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
    phnum = bytes.loadUnaligned(fromByteOffset: 56, as: UInt16.self)
  }
}

/// The fields of an ELF64 program header that `exec` looks at.
private struct ProgramHeader {
  static let size = 56
  static let load: UInt32 = 1
  let type: UInt32
  let offset, vaddr, filesz, memsz: UInt64

  init(_ bytes: UnsafeRawBufferPointer) {
    type = bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
    offset = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    vaddr = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    filesz = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
    memsz = bytes.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
  }
}

/// A new address space, which will replace the process's own.
private struct Image {
  var pagetable: UInt64
  var sz: UInt64 = 0
  var entry: UInt64 = 0
  /// The stack pointer, and the address of argv's pointers.
  var sp: UInt64 = 0
}

extension Kernel {
  /// Replaces the running process's memory with the program at `path`. Each page of `argv` holds one
  /// argument, a null-terminated string. Returns argc, or nil if it fails; the process is then unchanged.
  ///
  /// The address space, from 0 on: the program's segments; a guard page that user mode cannot touch; one page
  /// of stack. The argument strings are at the top of the stack, each at a multiple of 16, the first one
  /// highest. Below them, at a multiple of 16, is the array of pointers to them with a null at its end; sp
  /// and a1 point to it.
  func exec(_ path: [UInt8], _ argv: [UInt64]) throws(KernelHalt) -> UInt64? {
    let p = myproc()
    begin_op()
    guard let ip = try namei(path) else {
      try end_op()
      return nil
    }
    try ilock(ip)
    var image = try load(p, ip)
    try iunlockput(ip)
    try end_op()
    guard var new = image.take() else { return nil }

    guard try pushArguments(p, argv, &new) else {
      try proc_freepagetable(new.pagetable, new.sz)
      return nil
    }
    p.trapframe.a1 = new.sp
    p.setName(path[(path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...])

    let old = (pagetable: p.pagetable, sz: p.sz)
    p.pagetable = new.pagetable
    p.sz = new.sz
    p.trapframe.epc = new.entry
    p.trapframe.sp = new.sp
    try proc_freepagetable(old.pagetable, old.sz)
    report(.exec(pid: p.pid, path: String(decoding: path, as: UTF8.self), size: p.sz))
    return UInt64(argv.count)
  }

  /// Builds an address space with the program's segments. If that fails, frees all of it and returns nil.
  private func load(_ p: Proc, _ ip: Inode) throws(KernelHalt) -> Image? {
    guard let elf = try elfHeader(p, ip), let pagetable = try proc_pagetable(p) else { return nil }
    var image = Image(pagetable: pagetable, entry: elf.entry)
    var offset = UInt32(truncatingIfNeeded: elf.phoff)
    for _ in 0..<elf.phnum {
      guard try loadSegment(p, ip, at: offset, &image) else {
        try proc_freepagetable(image.pagetable, image.sz)
        return nil
      }
      offset &+= UInt32(ProgramHeader.size)
    }
    return image
  }

  private func elfHeader(_ p: Proc, _ ip: Inode) throws(KernelHalt) -> ElfHeader? {
    let room = UnsafeMutableRawBufferPointer(rebasing: p.scratch[Scratch.elfHeader])
    guard let base = room.baseAddress,
      try readi(ip, to: .kernel(base), offset: 0, count: ElfHeader.size) == ElfHeader.size
    else { return nil }
    return ElfHeader(UnsafeRawBufferPointer(room))
  }

  /// Reads the program header at `offset` and loads its segment. False if that fails; `image.sz` still covers
  /// everything that was allocated.
  private func loadSegment(_ p: Proc, _ ip: Inode, at offset: UInt32, _ image: inout Image)
    throws(KernelHalt) -> Bool
  {
    let room = UnsafeMutableRawBufferPointer(rebasing: p.scratch[Scratch.programHeader])
    guard let base = room.baseAddress,
      try readi(ip, to: .kernel(base), offset: UInt64(offset), count: ProgramHeader.size)
        == ProgramHeader.size
    else { return false }
    let header = ProgramHeader(UnsafeRawBufferPointer(room))
    if header.type != ProgramHeader.load { return true }
    if header.memsz < header.filesz { return false }
    let top = header.vaddr &+ header.memsz
    if top < header.vaddr { return false }
    let sz = try uvmalloc(image.pagetable, image.sz, top)
    if sz == 0 { return false }
    image.sz = sz
    if header.vaddr % PGSIZE != 0 { return false }
    return try loadseg(image.pagetable, header.vaddr, ip, header.offset, header.filesz)
  }

  /// Reads `size` bytes of the file into the pages at `va`, which are mapped. False if the file is shorter.
  /// As in xv6, offset and size are converted to a C `uint`.
  private func loadseg(
    _ pagetable: UInt64, _ va: UInt64, _ ip: Inode, _ offset: UInt64, _ size: UInt64
  ) throws(KernelHalt) -> Bool {
    let size = UInt32(truncatingIfNeeded: size)
    var i: UInt32 = 0
    while i < size {
      guard let pa = try walkaddr(pagetable, va &+ UInt64(i)) else {
        throw panic("loadseg: address should exist")
      }
      let n = Int(min(size - i, UInt32(PGSIZE)))
      guard let page = memory.pointer(pa, count: n) else { throw kerneltrap(pa) }
      let from = UInt64(UInt32(truncatingIfNeeded: offset) &+ i)
      if try readi(ip, to: .kernel(page), offset: from, count: n) != n { return false }
      let (next, overflow) = i.addingReportingOverflow(UInt32(PGSIZE))
      if overflow { break }
      i = next
    }
    return true
  }

  /// Allocates the guard page and the stack, and puts the arguments on the stack. False if there is not
  /// enough memory or stack.
  private func pushArguments(_ p: Proc, _ argv: [UInt64], _ image: inout Image) throws(KernelHalt) -> Bool {
    image.sz = PGROUNDUP(image.sz)
    let sz = try uvmalloc(image.pagetable, image.sz, image.sz &+ 2 &* PGSIZE)
    if sz == 0 { return false }
    image.sz = sz
    try uvmclear(image.pagetable, sz &- 2 &* PGSIZE)
    var sp = sz
    let stackbase = sp &- PGSIZE

    let ustack = UnsafeMutableRawBufferPointer(rebasing: p.scratch[Scratch.ustack])
    for (index, page) in argv.enumerated() {
      if index >= MAXARG { return false }
      let string = try argument(page)
      sp &-= UInt64(string.count)
      sp &-= sp % 16
      if sp < stackbase { return false }
      guard try copyout(image.pagetable, to: sp, from: string) else { return false }
      ustack.storeBytes(of: sp, toByteOffset: 8 * index, as: UInt64.self)
    }
    ustack.storeBytes(of: 0, toByteOffset: 8 * argv.count, as: UInt64.self)

    let size = 8 * (argv.count + 1)
    sp &-= UInt64(size)
    sp &-= sp % 16
    if sp < stackbase { return false }
    image.sp = sp
    return try copyout(image.pagetable, to: sp, from: UnsafeRawBufferPointer(rebasing: ustack[..<size]))
  }

  /// The string, its null included, in the page at `page`.
  private func argument(_ page: UInt64) throws(KernelHalt) -> UnsafeRawBufferPointer {
    guard let base = memory.pointer(page, count: Int(PGSIZE)) else { throw kerneltrap(page) }
    let bytes = UnsafeRawBufferPointer(start: base, count: Int(PGSIZE))
    guard let null = bytes.firstIndex(of: 0) else { throw kerneltrap(page) }
    return UnsafeRawBufferPointer(rebasing: bytes[...null])
  }
}

// Pipes. A pipe is xv6's `struct pipe` in one page of the emulated RAM: whoever counts pages counts a pipe as one.
//
//     24   data[512]    the ring
//    536   nread        bytes read so far, modulo 2^32
//    540   nwrite       bytes written so far, modulo 2^32
//    544   readopen     whether the read end is open
//    548   writeopen    whether the write end is open
//
// The first 24 bytes were the spinlock. As in xv6, whatever scribbles over a page that is not its own can change a
// pipe; nothing here trusts the numbers further than the ring.

/// Bytes that a pipe holds; a power of two.
let PIPESIZE: UInt32 = 512

/// A pipe, by the physical address of its page.
struct Pipe: Equatable {
  let pa: UInt64

  fileprivate enum Field: UInt64 {
    case nread = 536
    case nwrite = 540
    case readopen = 544
    case writeopen = 548
  }

  /// The address of ring byte number `count`, counted from the pipe's beginning.
  fileprivate func address(ofByte count: UInt32) -> UInt64 { pa &+ 24 &+ UInt64(count % PIPESIZE) }
}

extension Kernel {
  private func load(_ field: Pipe.Field, of pipe: Pipe) -> UInt32 {
    guard let word = memory.pointer(pipe.pa &+ field.rawValue, count: 4) else { return 0 }
    return UInt32(littleEndian: word.load(as: UInt32.self))
  }

  private func store(_ value: UInt32, in field: Pipe.Field, of pipe: Pipe) {
    memory.pointer(pipe.pa &+ field.rawValue, count: 4)?.storeBytes(of: value.littleEndian, as: UInt32.self)
  }

  /// A new pipe's two ends; nil, and nothing taken, where there are not two free files and a free page.
  func pipealloc() throws(KernelHalt) -> (read: OpenFile, write: OpenFile)? {
    guard let reader = filealloc() else { return nil }
    guard let writer = filealloc() else {
      try fileclose(reader)
      return nil
    }
    guard let pa = try kalloc() else {
      try fileclose(reader)
      try fileclose(writer)
      return nil
    }
    let pipe = Pipe(pa: pa)
    store(1, in: .readopen, of: pipe)
    store(1, in: .writeopen, of: pipe)
    store(0, in: .nwrite, of: pipe)
    store(0, in: .nread, of: pipe)
    reader.open(.pipe(pipe), readable: true, writable: false)
    writer.open(.pipe(pipe), readable: false, writable: true)
    return (reader, writer)
  }

  /// Closes one end, and wakes who waits at the other; with the second end, frees the page.
  func pipeclose(_ pipe: Pipe, writable: Bool) throws(KernelHalt) {
    if writable {
      store(0, in: .writeopen, of: pipe)
      wakeup(.pipeRead(pipe.pa))
    } else {
      store(0, in: .readopen, of: pipe)
      wakeup(.pipeWrite(pipe.pa))
    }
    if load(.readopen, of: pipe) == 0 && load(.writeopen, of: pipe) == 0 { try kfree(pipe.pa) }
  }

  /// Writes `count` bytes from user address `address`, and sleeps while the pipe is full: how many were written,
  /// fewer where the user's memory ends; -1 once nobody can read them, or where the process has been killed.
  ///
  /// Each byte crosses from the user on its own, as in xv6: the reader may run between any two.
  func pipewrite(_ pipe: Pipe, from address: UInt64, count: Int32) throws(KernelHalt) -> Int32 {
    let p = myproc()
    var written: Int32 = 0
    while written < count {
      if load(.readopen, of: pipe) == 0 || p.killed { return -1 }
      let nwrite = load(.nwrite, of: pipe)
      if nwrite == load(.nread, of: pipe) &+ PIPESIZE {
        wakeup(.pipeRead(pipe.pa))
        try sleep(on: .pipeWrite(pipe.pa))
        continue
      }
      var byte: UInt8 = 0
      let copied = try withUnsafeMutableBytes(of: &byte) { (byte) throws(KernelHalt) in
        try either_copyin(into: byte, from: .user(address &+ UInt64(written)))
      }
      if !copied { break }
      memory.fill(pipe.address(ofByte: nwrite), count: 1, with: byte)
      store(nwrite &+ 1, in: .nwrite, of: pipe)
      written += 1
    }
    wakeup(.pipeRead(pipe.pa))
    return written
  }

  /// Reads up to `count` bytes to user address `address`, and sleeps while the pipe is empty and can still be
  /// written: how many were read, none at the end; -1 where the process has been killed.
  func piperead(_ pipe: Pipe, to address: UInt64, count: Int32) throws(KernelHalt) -> Int32 {
    let p = myproc()
    while load(.nread, of: pipe) == load(.nwrite, of: pipe) && load(.writeopen, of: pipe) != 0 {
      if p.killed { return -1 }
      try sleep(on: .pipeRead(pipe.pa))
    }
    var done: Int32 = 0
    while done < count {
      let nread = load(.nread, of: pipe)
      if nread == load(.nwrite, of: pipe) { break }
      var byte: UInt8 = 0
      withUnsafeMutableBytes(of: &byte) { _ = memory.read(pipe.address(ofByte: nread), into: $0) }
      store(nread &+ 1, in: .nread, of: pipe)
      let copied = try withUnsafeBytes(of: byte) { (byte) throws(KernelHalt) in
        try either_copyout(to: .user(address &+ UInt64(done)), from: byte)
      }
      if !copied { break }
      done += 1
    }
    wakeup(.pipeWrite(pipe.pa))
    return done
  }
}

// xv6's kernel/pipe.c. A pipe is xv6's `struct pipe` in one page of the emulated RAM, so a pipe counts as one
// page.
//
//     24   data[512]    the ring
//    536   nread        bytes read so far, modulo 2^32
//    540   nwrite       bytes written so far, modulo 2^32
//    544   readopen     whether the read end is open
//    548   writeopen    whether the write end is open
//
// In xv6 the first 24 bytes are the spinlock. As in xv6, code that writes to a page that it does not own can
// change a pipe. The code here uses the numbers only within the ring.

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

  /// Makes a pipe, and returns its two ends. Nil if there are not two free files and a free page; then
  /// nothing is taken.
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

  /// Closes one end, and wakes the processes that wait at the other. Frees the page if both ends are closed.
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

  /// Writes `count` bytes from user address `address`. Sleeps while the pipe is full. Returns how many were
  /// written: fewer if the user's memory ends before, -1 if the read end is closed or the process has been
  /// killed.
  ///
  /// As in xv6, each byte is copied from the user on its own: the reader may run between any two.
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

  /// Reads up to `count` bytes to user address `address`. Sleeps while the pipe is empty and its write end is
  /// open. Returns how many were read: 0 at the end, -1 if the process has been killed.
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

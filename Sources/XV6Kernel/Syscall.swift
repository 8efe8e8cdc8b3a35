// xv6's kernel/syscall.c: arguments in, result out.

extension Kernel {
  /// The raw nth argument, n in 0 ... 5: what the process has in a0 ... a5.
  func argraw(_ n: Int) -> UInt64 { myproc().trapframe[register: 10 + n] }

  /// The nth argument as C's `int`.
  package func argint(_ n: Int) -> Int32 { Int32(truncatingIfNeeded: argraw(n)) }

  /// The nth argument as an address, which `copyin` and `copyout` will check.
  package func argaddr(_ n: Int) -> UInt64 { argraw(n) }

  /// The nth argument as a string of fewer than `max` bytes, without its null; nil where there is no such string.
  package func argstr(_ n: Int, max: Int) throws(KernelHalt) -> [UInt8]? {
    let address = argaddr(n)
    let pagetable = myproc().pagetable
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max, alignment: 1)
    defer { buffer.deallocate() }
    guard try copyinstr(pagetable, into: buffer, from: address) else { return nil }
    return Array(buffer.prefix { $0 != 0 })
  }
}

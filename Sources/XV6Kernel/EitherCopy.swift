// The part of xv6's kernel/proc.c that copies to and from addresses that are either a user's or the kernel's.

/// Where `read` and `readi` put bytes, and from where `write` and `writei` take them: xv6's pair `user_dst`,
/// `dst`.
package enum CopyTarget {
  /// An address of the running process.
  case user(UInt64)
  /// The kernel's own memory.
  case kernel(UnsafeMutableRawPointer)
}

extension CopyTarget {
  /// The address `count` bytes further on.
  func advanced(by count: Int) -> CopyTarget {
    switch self {
    case .user(let va): .user(va &+ UInt64(truncatingIfNeeded: count))
    case .kernel(let pointer): .kernel(pointer + count)
    }
  }
}

extension Kernel {
  /// Copies `source` to a user or a kernel address. False if the process does not have that memory.
  package func either_copyout(to target: CopyTarget, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool
  {
    switch target {
    case .user(let va): return try copyout(myproc().pagetable, to: va, from: source)
    case .kernel(let pointer):
      if let base = source.baseAddress { pointer.copyMemory(from: base, byteCount: source.count) }
      return true
    }
  }

  /// Fills `destination` from a user or a kernel address. False if the process does not have that memory.
  package func either_copyin(into destination: UnsafeMutableRawBufferPointer, from target: CopyTarget)
    throws(KernelHalt) -> Bool
  {
    switch target {
    case .user(let va): return try copyin(myproc().pagetable, into: destination, from: va)
    case .kernel(let pointer):
      destination.baseAddress?.copyMemory(from: pointer, byteCount: destination.count)
      return true
    }
  }
}

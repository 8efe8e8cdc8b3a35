/// The eight functions of xv6 that a student edits in the lazy allocation lab, as one Swift value.
///
/// Every requirement has a default. The defaults together are xv6 as the lab hands it out: eager allocation,
/// with xv6's panics. So `struct Starter: LabSolution {}` is the lab's starting point, and a solution
/// implements only the functions that a student's diff changes. The kernel does not know which solution it
/// runs: it calls these functions whenever xv6's C code calls its own.
///
/// Swift takes a function for a requirement only if name, labels and types agree. A function that is spelled
/// differently is never called, and the default stays in use.
///
/// The kernel calls a solution on the process's kernel thread; `k.myproc()` is that process. A solution uses
/// the machine through `Kernel`'s public members. Use the wrapping operators (`&+`, `&-`, `&*`) for numbers
/// that come from the guest: an overflow trap in Swift would end the grader, not the guest.
public protocol LabSolution: Sendable {
  init()

  /// `sys_sbrk`: grow (or shrink) the calling process by `n` bytes.
  ///
  /// Returns the old size, or `UInt64.max` (-1) on failure.
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64

  /// The page-fault branch of `usertrap`. `scause` is 12 (instruction), 13 (load) or 15 (store, AMO); `stval`
  /// is the faulting address.
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision

  /// Removes `npages` mappings from `va` on. Frees the pages too if `free` is true.
  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)

  /// Copies `sz` bytes of a parent's memory into a child's page table, for `fork`. If memory runs out, frees
  /// everything that it allocated and returns false.
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool

  /// The physical address of the user page that holds `va`, or nil if user code may not use that page.
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64?

  /// Copies `source` to user address `dstva`. False if some of it has no page.
  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool

  /// Fills `destination` from user address `srcva`. False if some of it has no page.
  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool

  /// Copies a null-terminated string, including its null, from user address `srcva` into `destination`. False
  /// if there is no null within `destination.count` bytes, or some byte before it has no page.
  func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool
}

/// What a solution decided about a page fault.
public enum FaultDecision: Sendable, Equatable {
  /// The page is mapped now: run the instruction again.
  case mapped
  /// Kill the process, without a message.
  case kill
  /// This solution does not handle the fault. xv6's default branch follows: it prints two lines and kills the
  /// process.
  case unexpected
}

/// The lazy allocation lab's seven decisions: what a student edits in xv6, as one Swift value.
///
/// Every requirement has a default, and the defaults together are xv6 as the lab hands it out: eager allocation, with
/// xv6's panics. So `struct Starter: LabSolution {}` is the lab's starting point, and a solution implements exactly what
/// a student's diff touches. The kernel itself never asks which solution it runs; it only asks these functions, and
/// asks them each time that xv6's C would call its own.
///
/// Swift takes a function for an answer to a requirement only where name, labels and types agree: one that is spelled
/// otherwise is never called, and the default stays in force.
///
/// A solution is called on the process's kernel thread; `k.myproc()` is that process. It sees the machine
/// through `Kernel`'s public members. Numbers that come from the guest want the wrapping operators
/// (`&+`, `&-`, `&*`): a trap in Swift would end the grader, not the guest.
public protocol LabSolution: Sendable {
  init()

  /// `sys_sbrk`: grow (or shrink) the calling process by `n` bytes.
  ///
  /// Answers the old size, or `UInt64.max` (-1) on failure.
  func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64

  /// The page-fault branch of `usertrap`: `scause` is 12 (instruction), 13 (load) or 15 (store, AMO), and `stval` the
  /// faulting address.
  func pageFault(_ k: Kernel, scause: UInt64, stval: UInt64) throws(KernelHalt) -> FaultDecision

  /// Removes `npages` mappings from `va` on, and frees the pages when `free`.
  func uvmunmap(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64, _ npages: UInt64, free: Bool)
    throws(KernelHalt)

  /// `fork`'s copy of a parent's memory, `sz` bytes of it, into a child's page table; false (with everything it
  /// allocated freed) when memory runs out.
  func uvmcopy(_ k: Kernel, from old: UInt64, to new: UInt64, _ sz: UInt64) throws(KernelHalt) -> Bool

  /// The physical address of the user page that holds `va`, or nil where user code could not have it.
  func walkaddr(_ k: Kernel, _ pagetable: UInt64, _ va: UInt64) throws(KernelHalt) -> UInt64?

  /// Copies `source` to user address `dstva`; false when some of it has no page.
  func copyout(_ k: Kernel, _ pagetable: UInt64, to dstva: UInt64, from source: UnsafeRawBufferPointer)
    throws(KernelHalt) -> Bool

  /// Fills `destination` from user address `srcva`; false when some of it has no page.
  func copyin(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool

  /// Copies a null-terminated string, its null included, from user address `srcva` into `destination`; false when
  /// there is no null within `destination.count` bytes or some byte before it has no page.
  func copyinstr(
    _ k: Kernel, _ pagetable: UInt64, into destination: UnsafeMutableRawBufferPointer, from srcva: UInt64
  ) throws(KernelHalt) -> Bool
}

/// What a solution made of a page fault.
public enum FaultDecision: Sendable, Equatable {
  /// The page is there now: run the instruction again.
  case mapped
  /// Kill the process, without a word.
  case kill
  /// Not a fault that this solution knows: xv6's default branch, which prints its two lines and kills.
  case unexpected
}

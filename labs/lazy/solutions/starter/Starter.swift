import XV6Kernel

/// The lab's starting point: xv6 as it is handed out. `sbrk` allocates at once, and every access to a page
/// that is not mapped is an error.
///
/// Your own solution begins like this; add those of `LabSolution`'s functions that you would edit in xv6.
public struct Starter: LabSolution {
  public init() {}
}

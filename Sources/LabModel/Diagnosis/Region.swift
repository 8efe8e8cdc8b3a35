/// The part of a process's address space that an address lies in.
package enum Region: String, Sendable, Codable, CaseIterable {
  case text
  case data
  /// In the program's image, but it is not known in which part.
  case image
  /// The page below the stack. `exec` makes it inaccessible to user mode.
  case guardPage
  /// The stack page that `exec` made.
  case stack
  /// Below `sz`, and above the stack or above the smallest size that the process has shrunk to.
  case heap
  /// Above `sz`, although `sbrk` told the program that this memory exists.
  case promised
  /// Below `sz`, although the program gave this memory back.
  case givenBack
  /// Below `sz`, in a process whose start was not seen.
  case belowSize
  /// The first address after the process's memory: `sz` itself.
  case atSize
  case aboveSize
  case trapframe
  case trampoline
  case beyondMAXVA
}

/// Where in a process an address lies.
package enum Region: String, Sendable, Codable, CaseIterable {
  case text
  case data
  /// In the program's image, of which no more is known.
  case image
  /// The page below the stack, which `exec` takes from user mode.
  case guardPage
  /// The page of stack that `exec` made.
  case stack
  /// Above the stack, or above what the process once shrank to, and below `sz`.
  case heap
  /// Above `sz`, though `sbrk` has told the program that it is there.
  case promised
  /// Below `sz`, though the program has given it back.
  case givenBack
  /// Below `sz`, in a process that was not seen to begin.
  case belowSize
  /// The first address that is not the process's.
  case atSize
  case aboveSize
  case trapframe
  case trampoline
  case beyondMAXVA
}

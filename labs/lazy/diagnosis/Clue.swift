/// A fact about a run by which mistakes are told apart.
package enum Clue: Hashable, Sendable, CaseIterable {
  // sbrk()
  case growthAllocated, growthRefused, sizeUnchanged, sizeRounded, sizeCut, answerCut, wrongAnswer
  case sizePastEnd, sizeBelowZero, shrinkIgnored, pagesKept, livePageFreed

  // A page fault that the process is owed a page for
  case loadRefused, storeRefused, everythingRefused, refusedBelowStackPointer, refusedWithoutTable,
    refusedHigh
  case notZeroed, notUsers, notPermitted, mappedElsewhere, mappedTooMany, instructionSkipped, printed
  case lostWithoutTable, runningOutForgotten, runningOutPanicked

  // A page fault that it is not
  case servedAtBreak, servedAboveBreak, servedGuardPage, remapped
  case refusalForgotten, refusalPanicked, lostOnRefusal

  // uvmunmap()
  case unmapPanicked, unmapStopped, leafBelowBreak, entriesKept, pagesLost, freedTwice

  // fork()
  case copyPanicked, childMissesPage, forkRefused, childHasMore, pageShared, pageNotCopied, flagsChanged
  case forkFailureLeft, forkFailureLost

  // copyin(), copyout(), copyinstr()
  case copyRefusedFirst, copyRefusedNext, copiedAboveBreak, copiedGuardPage, copyRemapped, walkedBeyondMAXVA
}

/// The clues of a run, each with what was seen first.
package struct Clues: Sendable {
  private(set) var found: [Clue: String] = [:]

  mutating func add(_ clue: Clue, _ what: @autoclosure () -> String) {
    if found[clue] == nil { found[clue] = what() }
  }

  mutating func drop(_ clue: Clue) { found[clue] = nil }

  subscript(_ clue: Clue) -> String? { found[clue] }
}

import XV6Kernel

/// A solution with one planted mistake: the grader is graded by whether it sees it, and what it calls it.
public struct Mutant: Sendable {
  public let name: String
  /// The mistake of the catalogue that it is.
  public let mistake: String
  public let make: any LabSolution.Type

  init(_ name: String, _ mistake: String, _ make: any LabSolution.Type) {
    self.name = name
    self.mistake = mistake
    self.make = make
  }
}

/// Every planted mistake, in the order of the lab's functions: `sbrk`, the page fault, `uvmunmap`, `uvmcopy`, `walkaddr` and the copies.
public enum LazyMutants {
  /// What every mutant is but for its mistake.
  public static let unchanged: any LabSolution.Type = Stepwise.self

  public static let all: [Mutant] = [
    .init("growth-allocates", "eager-growth", GrowthAllocates.self),
    .init("growth-forgets-size", "size-unchanged", GrowthForgetsSize.self),
    .init("growth-answers-new-break", "wrong-break", GrowthAnswersNewBreak.self),
    .init("growth-answers-zero", "wrong-break", GrowthAnswersZero.self),
    .init("growth-rounds-up", "size-rounded", GrowthRoundsUp.self),
    .init("growth-wants-free-memory", "growth-refused", GrowthWantsFreeMemory.self),
    .init("growth-passes-maxva", "past-maxva", GrowthPassesMaxva.self),
    .init("growth-reaches-trampoline", "past-maxva", GrowthReachesTrampoline.self),
    .init("size-is-uint", "cut-to-32-bits", SizeIsUint.self),
    .init("break-is-int", "cut-to-32-bits", BreakIsInt.self),
    .init("fault-address-is-uint", "cut-to-32-bits", FaultAddressIsUint.self),
    .init("shrink-does-nothing", "shrink-ignored", ShrinkDoesNothing.self),
    .init("shrink-refuses", "shrink-ignored", ShrinkRefuses.self),
    .init("shrink-frees-nothing", "shrink-keeps-pages", ShrinkFreesNothing.self),
    .init("shrink-leaves-page", "shrink-keeps-pages", ShrinkLeavesPage.self),
    .init("shrink-frees-partial-page", "shrink-takes-live-page", ShrinkFreesPartialPage.self),
    .init("shrink-frees-page-more", "shrink-takes-live-page", ShrinkFreesPageMore.self),
    .init("shrink-frees-twice", "double-free", ShrinkFreesTwice.self),
    .init("shrink-answers-new-break", "wrong-break", ShrinkAnswersNewBreak.self),
    .init("shrink-passes-zero", "below-zero", ShrinkPassesZero.self),
    .init("faults-unhandled", "faults-unhandled", FaultsUnhandled.self),
    .init("loads-unhandled", "loads-unhandled", LoadsUnhandled.self),
    .init("faults-unhandled", "faults-unhandled", StoresUnhandled.self),
    .init("break-is-owed", "break-accepted", BreakIsOwed.self),
    .init("everything-is-owed", "no-upper-bound", EverythingIsOwed.self),
    .init("everything-below-maxva-is-owed", "no-upper-bound", EverythingBelowMaxvaIsOwed.self),
    .init("page-above-break-is-owed", "break-accepted", PageAboveBreakIsOwed.self),
    .init("guard-page-remapped", "guard-page", GuardPageRemapped.self),
    .init("guard-page-opened", "guard-page", GuardPageOpened.self),
    .init("guard-page-replaced", "guard-page", GuardPageReplaced.self),
    .init("stack-pointer-is-floor", "below-stack-refused", StackPointerIsFloor.self),
    .init("missing-table-refused", "missing-table-refused", MissingTableRefused.self),
    .init("refusal-forgotten", "refusal-forgotten", RefusalForgotten.self),
    .init("refusal-forgotten-at-maxva", "refusal-forgotten", RefusalForgottenAtMaxva.self),
    .init("refusal-panics", "refusal-panics", RefusalPanics.self),
    .init("refusal-loses-page", "page-lost-on-refusal", RefusalLosesPage.self),
    .init("fault-skips-instruction", "instruction-skipped", FaultSkipsInstruction.self),
    .init("fault-prints", "prints-at-faults", FaultPrints.self),
    .init("page-rounded-up", "wrong-address", PageRoundedUp.self),
    .init("page-at-zero", "wrong-address", PageAtZero.self),
    .init("page-not-zeroed", "page-not-zeroed", PageNotZeroed.self),
    .init("page-half-zeroed", "page-not-zeroed", PageHalfZeroed.self),
    .init("page-without-user", "page-not-users", PageWithoutUser.self),
    .init("page-without-write", "wrong-permissions", PageWithoutWrite.self),
    .init("page-without-read", "wrong-permissions", PageWithoutRead.self),
    .init("pages-up-to-break", "maps-too-much", PagesUpToBreak.self),
    .init("running-out-panics", "out-of-memory-panics", RunningOutPanics.self),
    .init("kalloc-unchecked", "out-of-memory-panics", KallocUnchecked.self),
    .init("running-out-forgotten", "out-of-memory-forgotten", RunningOutForgotten.self),
    .init("page-lost-without-table", "page-lost-without-table", PageLostWithoutTable.self),
    .init("mappages-unchecked", "page-lost-without-table", MappagesUnchecked.self),
    .init("unmap-panics-at-hole", "unmap-panics", UnmapPanicsAtHole.self),
    .init("unmap-panics-at-missing-table", "unmap-panics", UnmapPanicsAtMissingTable.self),
    .init("unmap-stops-at-hole", "unmap-misses-pages", UnmapStopsAtHole.self),
    .init("unmap-stops-at-missing-table", "unmap-misses-pages", UnmapStopsAtMissingTable.self),
    .init("unmap-skips-too-far", "unmap-misses-pages", UnmapSkipsTooFar.self),
    .init("unmap-frees-nothing", "unmap-loses-pages", UnmapFreesNothing.self),
    .init("unmap-keeps-entries", "unmap-keeps-entries", UnmapKeepsEntries.self),
    .init("fork-panics-at-hole", "fork-panics", ForkPanicsAtHole.self),
    .init("fork-panics-at-missing-table", "fork-panics", ForkPanicsAtMissingTable.self),
    .init("fork-stops-at-hole", "fork-misses-pages", ForkStopsAtHole.self),
    .init("fork-stops-at-missing-table", "fork-misses-pages", ForkStopsAtMissingTable.self),
    .init("fork-leaves-last-page", "fork-misses-pages", ForkLeavesLastPage.self),
    .init("fork-refuses-hole", "fork-refuses-holes", ForkRefusesHole.self),
    .init("fork-fills-holes", "fork-fills-holes", ForkFillsHoles.self),
    .init("fork-shares-pages", "fork-shares-pages", ForkSharesPages.self),
    .init("fork-leaves-pages-empty", "fork-copies-nothing", ForkLeavesPagesEmpty.self),
    .init("fork-opens-guard-page", "fork-changes-permissions", ForkOpensGuardPage.self),
    .init("fork-failure-keeps-pages", "fork-failure", ForkFailureKeepsPages.self),
    .init("fork-failure-loses-pages", "fork-failure", ForkFailureLosesPages.self),
    .init("copies-pay-nothing", "copy-pays-nothing", CopiesPayNothing.self),
    .init("copyin-pays-nothing", "copy-pays-nothing", CopyinPaysNothing.self),
    .init("copyout-pays-nothing", "copy-pays-nothing", CopyoutPaysNothing.self),
    .init("copyinstr-pays-nothing", "copy-pays-nothing", CopyinstrPaysNothing.self),
    .init("exec-pays-nothing", "copy-pays-nothing", ExecPaysNothing.self),
    .init("fstat-and-wait-pay-nothing", "copy-pays-nothing", FstatAndWaitPayNothing.self),
    .init("copyin-pays-first-page", "copy-pays-first-page", CopyinPaysFirstPage.self),
    .init("copyout-pays-first-page", "copy-pays-first-page", CopyoutPaysFirstPage.self),
    .init("copyinstr-pays-first-page", "copy-pays-first-page", CopyinstrPaysFirstPage.self),
    .init("copy-page-not-zeroed", "page-not-zeroed", CopyPageNotZeroed.self),
    .init("copy-page-without-user", "page-not-users", CopyPageWithoutUser.self),
    .init("copy-passes-break", "copy-above-break", CopyPassesBreak.self),
    .init("copy-reaches-break", "copy-above-break", CopyReachesBreak.self),
    .init("copy-through-guard-page", "copy-guard-page", CopyThroughGuardPage.self),
    .init("copy-remaps-guard-page", "copy-guard-page", CopyRemapsGuardPage.self),
    .init("copy-forgets-maxva", "maxva-unchecked", CopyForgetsMaxva.self),
    .init("copy-running-out-panics", "out-of-memory-panics", CopyRunningOutPanics.self),
    .init("copy-running-out-unchecked", "out-of-memory-panics", CopyRunningOutUnchecked.self),
    .init("copy-refusal-loses-page", "page-lost-on-refusal", CopyRefusalLosesPage.self),
  ]
}

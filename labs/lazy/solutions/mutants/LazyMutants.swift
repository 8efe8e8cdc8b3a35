import XV6Kernel

/// A solution with one planted mistake. It tests whether the grader finds the mistake and names it correctly.
public struct Mutant: Sendable {
  public let name: String
  /// The mistake of the catalogue that it is.
  public let mistake: String
  /// One test that finds it, for callers that cannot run all tests; nil if no single test does.
  public let decisive: String?
  public let make: any LabSolution.Type

  init(_ name: String, _ mistake: String, by decisive: String?, _ make: any LabSolution.Type) {
    self.name = name
    self.mistake = mistake
    self.decisive = decisive
    self.make = make
  }
}

/// Every planted mistake, in the order of the lab's functions: `sbrk`, the page fault, `uvmunmap`, `uvmcopy`,
/// `walkaddr` and the copies.
public enum LazyMutants {
  /// Every mutant is this solution, except for its mistake.
  public static let unchanged: any LabSolution.Type = Stepwise.self

  public static let all: [Mutant] = [
    .init("growth-allocates", "eager-growth", by: "unmap", GrowthAllocates.self),
    .init("growth-forgets-size", "size-unchanged", by: "rwsbrk", GrowthForgetsSize.self),
    .init("growth-answers-new-break", "wrong-break", by: "crossing", GrowthAnswersNewBreak.self),
    .init("growth-answers-zero", "wrong-break", by: "rwsbrk", GrowthAnswersZero.self),
    .init("growth-rounds-up", "size-rounded", by: "sbrkbasic", GrowthRoundsUp.self),
    .init("growth-wants-free-memory", "growth-refused", by: "unmap", GrowthWantsFreeMemory.self),
    .init("growth-passes-maxva", "past-maxva", by: "grow-end", GrowthPassesMaxva.self),
    .init("growth-reaches-trampoline", "past-maxva", by: "grow-end", GrowthReachesTrampoline.self),
    .init("size-is-uint", "cut-to-32-bits", by: "big-heap", SizeIsUint.self),
    .init("break-is-int", "cut-to-32-bits", by: "big-heap", BreakIsInt.self),
    .init("fault-address-is-uint", "cut-to-32-bits", by: "big-heap", FaultAddressIsUint.self),
    .init("shrink-does-nothing", "shrink-ignored", by: "rwsbrk", ShrinkDoesNothing.self),
    .init("shrink-refuses", "shrink-ignored", by: "rwsbrk", ShrinkRefuses.self),
    .init("shrink-frees-nothing", "shrink-keeps-pages", by: "sbrkbugs", ShrinkFreesNothing.self),
    .init("shrink-leaves-page", "shrink-keeps-pages", by: "sbrkbugs", ShrinkLeavesPage.self),
    .init(
      "shrink-frees-partial-page", "shrink-takes-live-page", by: "shrink-part", ShrinkFreesPartialPage.self),
    .init("shrink-frees-page-more", "shrink-takes-live-page", by: "rwsbrk", ShrinkFreesPageMore.self),
    .init("shrink-frees-twice", "double-free", by: "below-far", ShrinkFreesTwice.self),
    .init("shrink-answers-new-break", "wrong-break", by: "big-heap", ShrinkAnswersNewBreak.self),
    .init("shrink-passes-zero", "below-zero", by: "below-far", ShrinkPassesZero.self),
    .init("faults-unhandled", "faults-unhandled", by: "copyinstr3", FaultsUnhandled.self),
    .init("loads-unhandled", "loads-unhandled", by: "crossing", LoadsUnhandled.self),
    .init("stores-unhandled", "faults-unhandled", by: "copyinstr3", StoresUnhandled.self),
    .init("break-is-owed", "break-accepted", by: "write-past", BreakIsOwed.self),
    .init("everything-is-owed", "no-upper-bound", by: "sbrkbugs", EverythingIsOwed.self),
    .init(
      "everything-below-maxva-is-owed", "no-upper-bound", by: "sbrkbugs", EverythingBelowMaxvaIsOwed.self),
    .init("page-above-break-is-owed", "break-accepted", by: "write-past", PageAboveBreakIsOwed.self),
    .init("guard-page-remapped", "guard-page", by: "stacktest", GuardPageRemapped.self),
    .init("guard-page-opened", "guard-page", by: "stacktest", GuardPageOpened.self),
    .init("guard-page-replaced", "guard-page", by: "stacktest", GuardPageReplaced.self),
    .init("stack-pointer-is-floor", "below-stack-refused", by: "heap-stack", StackPointerIsFloor.self),
    .init("missing-table-refused", "missing-table-refused", by: "fork-sparse", MissingTableRefused.self),
    .init("refusal-forgotten", "refusal-forgotten", by: "sbrkbugs", RefusalForgotten.self),
    .init("refusal-forgotten-at-maxva", "refusal-forgotten", by: "maxva", RefusalForgottenAtMaxva.self),
    .init("refusal-panics", "refusal-panics", by: "sbrkbugs", RefusalPanics.self),
    .init("refusal-loses-page", "page-lost-on-refusal", by: "refused", RefusalLosesPage.self),
    .init("fault-skips-instruction", "instruction-skipped", by: "crossing", FaultSkipsInstruction.self),
    .init("fault-prints", "prints-at-faults", by: "sbrkmuch", FaultPrints.self),
    .init("page-rounded-up", "wrong-address", by: "copyinstr3", PageRoundedUp.self),
    .init("page-at-zero", "wrong-address", by: "copyinstr3", PageAtZero.self),
    .init("page-not-zeroed", "page-not-zeroed", by: "crossing", PageNotZeroed.self),
    .init("page-half-zeroed", "page-not-zeroed", by: "crossing", PageHalfZeroed.self),
    .init("page-without-user", "page-not-users", by: "copyinstr3", PageWithoutUser.self),
    .init("page-without-write", "wrong-permissions", by: "copyinstr3", PageWithoutWrite.self),
    .init("page-without-read", "wrong-permissions", by: "copyinstr3", PageWithoutRead.self),
    .init("pages-up-to-break", "maps-too-much", by: "big-heap", PagesUpToBreak.self),
    .init("running-out-panics", "out-of-memory-panics", by: "sbrkbasic", RunningOutPanics.self),
    .init("kalloc-unchecked", "out-of-memory-panics", by: "sbrkbasic", KallocUnchecked.self),
    .init("running-out-forgotten", "out-of-memory-forgotten", by: "sbrkbasic", RunningOutForgotten.self),
    .init("page-lost-without-table", "page-lost-without-table", by: nil, PageLostWithoutTable.self),
    .init("mappages-unchecked", "page-lost-without-table", by: nil, MappagesUnchecked.self),
    .init("unmap-panics-at-hole", "unmap-panics", by: "rwsbrk", UnmapPanicsAtHole.self),
    .init("unmap-panics-at-missing-table", "unmap-panics", by: "fork-sparse", UnmapPanicsAtMissingTable.self),
    .init("unmap-stops-at-hole", "unmap-misses-pages", by: "copyinstr3", UnmapStopsAtHole.self),
    .init(
      "unmap-stops-at-missing-table", "unmap-misses-pages", by: "fork-sparse", UnmapStopsAtMissingTable.self),
    .init("unmap-skips-too-far", "unmap-misses-pages", by: "copyinstr3", UnmapSkipsTooFar.self),
    .init("unmap-frees-nothing", "unmap-loses-pages", by: "refused", UnmapFreesNothing.self),
    .init("unmap-keeps-entries", "unmap-keeps-entries", by: "copyinstr1", UnmapKeepsEntries.self),
    .init("fork-panics-at-hole", "fork-panics", by: "wait-lazy", ForkPanicsAtHole.self),
    .init("fork-panics-at-missing-table", "fork-panics", by: "fork-sparse", ForkPanicsAtMissingTable.self),
    .init("fork-stops-at-hole", "fork-misses-pages", by: "fork-sparse", ForkStopsAtHole.self),
    .init(
      "fork-stops-at-missing-table", "fork-misses-pages", by: "fork-sparse", ForkStopsAtMissingTable.self),
    .init("fork-leaves-last-pages", "fork-misses-pages", by: "fork-sparse", ForkLeavesLastPages.self),
    .init("fork-refuses-hole", "fork-refuses-holes", by: "wait-lazy", ForkRefusesHole.self),
    .init("fork-fills-holes", "fork-fills-holes", by: "big-heap", ForkFillsHoles.self),
    .init("fork-shares-pages", "fork-shares-pages", by: "copyinstr1", ForkSharesPages.self),
    .init("fork-leaves-pages-empty", "fork-copies-nothing", by: "fork-sparse", ForkLeavesPagesEmpty.self),
    .init("fork-opens-guard-page", "fork-changes-permissions", by: "stacktest", ForkOpensGuardPage.self),
    .init("fork-failure-keeps-pages", "fork-failure", by: "oom-fork", ForkFailureKeepsPages.self),
    .init("fork-failure-loses-pages", "fork-failure", by: "oom-fork", ForkFailureLosesPages.self),
    .init("copies-pay-nothing", "copy-pays-nothing", by: "wait-lazy", CopiesPayNothing.self),
    .init("copyin-pays-nothing", "copy-pays-nothing", by: "argv-lazy", CopyinPaysNothing.self),
    .init("copyout-pays-nothing", "copy-pays-nothing", by: "wait-lazy", CopyoutPaysNothing.self),
    .init("copyinstr-pays-nothing", "copy-pays-first-page", by: "open-crossing", CopyinstrPaysNothing.self),
    .init("exec-pays-nothing", "copy-pays-nothing", by: "argv-lazy", ExecPaysNothing.self),
    .init("fstat-and-wait-pay-nothing", "copy-pays-nothing", by: "wait-lazy", FstatAndWaitPayNothing.self),
    .init("copyin-pays-first-page", "copy-pays-first-page", by: "write-two", CopyinPaysFirstPage.self),
    .init("copyout-pays-first-page", "copy-pays-first-page", by: "fstat-lazy", CopyoutPaysFirstPage.self),
    .init(
      "copyinstr-pays-first-page", "copy-pays-first-page", by: "open-crossing", CopyinstrPaysFirstPage.self),
    .init("copy-page-not-zeroed", "page-not-zeroed", by: "argv-lazy", CopyPageNotZeroed.self),
    .init("copy-page-without-user", "page-not-users", by: "wait-lazy", CopyPageWithoutUser.self),
    .init("copy-passes-break", "copy-above-break", by: "copyinstr1", CopyPassesBreak.self),
    .init("copy-reaches-break", "copy-above-break", by: "argptest", CopyReachesBreak.self),
    .init("copy-through-guard-page", "copy-guard-page", by: "guard-write", CopyThroughGuardPage.self),
    .init("copy-remaps-guard-page", "copy-guard-page", by: "guard-write", CopyRemapsGuardPage.self),
    .init("copy-forgets-maxva", "maxva-unchecked", by: "copyinstr1", CopyForgetsMaxva.self),
    .init("copy-running-out-panics", "out-of-memory-panics", by: "oom-copyin", CopyRunningOutPanics.self),
    .init(
      "copy-running-out-unchecked", "out-of-memory-panics", by: "oom-copyin", CopyRunningOutUnchecked.self),
    .init("copy-refusal-loses-page", "page-lost-on-refusal", by: "refused", CopyRefusalLosesPage.self),
  ]
}

import XV6Kernel

/// Correct solutions that are very different. They test the grader itself: none of them may lose a
/// point.
public enum LazyVariants {
  /// Each solution by name, with the property that makes it special.
  public static let all: [(name: String, summary: String, make: any LabSolution.Type)] = [
    ("vmfault", "as xv6 of 2025 does it; the heap is not executable", VMFault.self),
    ("pays-in-copies", "allocates in copyin, copyout and copyinstr", PaysInCopies.self),
    ("pays-ahead", "allocates a system call's whole argument before it is copied", PaysAhead.self),
    ("walks-tables", "unmaps and copies table by table, by recursion", WalksTables.self),
    ("ranges-of-heap", "keeps its own books of what sbrk promised", RangesOfHeap.self),
    ("marks-pages", "marks lazy pages with a software bit of their entries", MarksPages.self),
    ("stores-entries", "stores entries itself, without mappages", StoresEntries.self),
    ("marks-killed", "refuses by p.killed and goes on, as C does", MarksKilled.self),
    ("exits-at-once", "refuses by exit in the handler; knows the break's page to its end", ExitsAtOnce.self),
    ("prints-at-faults", "prints a line at each fault and each refused address", PrintsAtFaults.self),
    ("copies-zero-page", "makes each page a copy of one page of zeroes", CopiesZeroPage.self),
    ("copy-on-write", "shares pages in fork until one of the two stores", CopyOnWrite.self),
  ]
}

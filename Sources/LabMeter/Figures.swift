/// What a workload cost, from its `exec` to the end of its last process. All are counts of events, except
/// `peakPages`, `meanPages` and `tablePages`; `Figure.meaning` says what these are.
package struct Figures: Sendable, Equatable, Codable {
  package var handedOut = 0
  package var peakPages = 0
  package var meanPages = 0.0
  package var tablePages = 0
  package var loadFaults = 0
  package var storeFaults = 0
  package var fetchFaults = 0
  package var deadlyFaults = 0
  package var kernelServed = 0
  package var copiedPages = 0
  package var zeroedPages = 0
  package var instructions: UInt64 = 0
  package var systemCalls = 0

  package var faults: Int { loadFaults + storeFaults + fetchFaults }
}

/// The figures by name.
package enum Figure: String, Sendable, CaseIterable {
  case handedOut = "handed_out"
  case peakPages = "peak_pages"
  case meanPages = "mean_pages"
  case tablePages = "table_pages"
  case faults
  case loadFaults = "load_faults"
  case storeFaults = "store_faults"
  case fetchFaults = "fetch_faults"
  case deadlyFaults = "deadly_faults"
  case kernelServed = "kernel_served"
  case copiedPages = "copied_pages"
  case zeroedPages = "zeroed_pages"
  case instructions
  case systemCalls = "system_calls"

  /// The figure's name in tables.
  package var title: String { words.title }
  /// Exactly what the figure counts.
  package var meaning: String { words.meaning }

  package func value(of figures: Figures) -> Double {
    switch self {
    case .handedOut: Double(figures.handedOut)
    case .peakPages: Double(figures.peakPages)
    case .meanPages: figures.meanPages
    case .tablePages: Double(figures.tablePages)
    case .faults: Double(figures.faults)
    case .loadFaults: Double(figures.loadFaults)
    case .storeFaults: Double(figures.storeFaults)
    case .fetchFaults: Double(figures.fetchFaults)
    case .deadlyFaults: Double(figures.deadlyFaults)
    case .kernelServed: Double(figures.kernelServed)
    case .copiedPages: Double(figures.copiedPages)
    case .zeroedPages: Double(figures.zeroedPages)
    case .instructions: Double(figures.instructions)
    case .systemCalls: Double(figures.systemCalls)
    }
  }

  private var words: (title: String, meaning: String) {
    switch self {
    case .handedOut:
      ("pages handed out", "pages that kalloc gave, for whatever use, each time that it gave one")
    case .peakPages:
      (
        "peak resident pages",
        "the most user pages at once: pages mapped below the trapframe in some process's "
          + "page table and not freed yet, the guard page too"
      )
    case .meanPages:
      (
        "mean resident pages",
        "the same on average over time, which is retired user instructions: what the kernel does takes none"
      )
    case .tablePages:
      (
        "page-table pages",
        "the most pages at once that the page tables of all processes took, at every level"
      )
    case .faults: ("page faults", "page faults of user code, by whatever access")
    case .loadFaults: ("  by loads", "page faults with scause 13")
    case .storeFaults: ("  by stores", "page faults with scause 15")
    case .fetchFaults: ("  by fetches", "page faults with scause 12")
    case .deadlyFaults: ("  that killed", "page faults that the process did not survive")
    case .kernelServed:
      (
        "pages paid in calls",
        "user pages mapped while copyin, copyout or copyinstr was copying: a system call came to them first"
      )
    case .copiedPages: ("pages copied", "whole pages copied from one to another, which is what fork does")
    case .zeroedPages: ("pages zeroed", "whole pages filled with zeroes, for programs and for page tables")
    case .instructions: ("user instructions", "instructions that retired in user mode")
    case .systemCalls:
      ("system calls", "system calls of the workload's processes, without the exec that began it")
    }
  }
}

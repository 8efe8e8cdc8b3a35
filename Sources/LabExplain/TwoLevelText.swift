import HostSupport

extension TwoLevelTables.Cost {
  /// The cost in words: `2 pages: a directory and 1 table, 8,192 bytes (8 KiB)`.
  package var summary: String {
    "\(grouped(pages)) pages: a directory and \(tables == 1 ? "1 table" : "\(grouped(tables)) tables"), "
      + "\(grouped(bytes)) bytes (\(grouped(bytes / 1024)) KiB)"
  }
}

extension TwoLevelTables {
  /// The lecture's exercise with its solution.
  package static var exercise: String {
    """
    Two-level page tables of 32-bit x86: 10 + 10 + 12 bits, entries of 4 bytes, so
    that a table of 1,024 entries is one page. How big are a process's tables...
      with 1 page mapped?
        \(onePage.summary)
      with every page mapped?
        \(everyPage.summary)
    One flat table with an entry for each of the \(grouped(everyPage.mapped)) pages would always
    take \(grouped(flatBytes)) bytes (\(grouped(flatBytes / 1024)) KiB). Two levels cost one page more when
    everything is mapped, and save nearly all of it when little is.
    """
  }
}

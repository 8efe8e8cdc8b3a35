/// What the lab expects of the kernel at an address.
package enum LabExpectation: String, Sendable, Codable, CaseIterable {
  /// The kernel maps the page that `sbrk` promised, filled with zeroes, and the instruction runs again.
  case mapZeroedPage
  /// The same in a system call: the kernel maps the page and the copy continues.
  case mapAndCopy
  /// Only this process dies.
  case kill
  /// No page is left: only this process dies.
  case killOutOfMemory
  /// The system call returns -1.
  case refuseCopy
  /// No page is left: the system call returns -1.
  case refuseOutOfMemory
  /// The page is mapped from `exec` on, so there should be no fault at all.
  case isMapped
  /// The program may read, write and execute the page, so there should be no fault at all.
  case isAllowed
  /// A program can never make the kernel panic.
  case survive
}

extension LabExpectation {
  /// Whether `response` is what the lab expects.
  package func isMet(by response: FaultReport.Response) -> Bool {
    switch (self, response) {
    case (.mapZeroedPage, .mapped), (.mapAndCopy, .copied), (.kill, .killed), (.killOutOfMemory, .killed),
      (.killOutOfMemory, .mapped), (.refuseCopy, .refused), (.refuseOutOfMemory, .refused),
      (.refuseOutOfMemory, .copied):
      true
    default: false
    }
  }
}

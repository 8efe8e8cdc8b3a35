/// What the lab expects of the kernel at an address.
package enum LabExpectation: String, Sendable, Codable, CaseIterable {
  /// A page that `sbrk` promised is mapped, filled with zeroes, and the instruction runs again.
  case mapZeroedPage
  /// The same for a system call: the copy goes on.
  case mapAndCopy
  /// The process dies, and nothing else does.
  case kill
  /// There is no page left: the process dies, and nothing else does.
  case killOutOfMemory
  /// The system call answers -1.
  case refuseCopy
  /// There is no page left: the system call answers -1.
  case refuseOutOfMemory
  /// The page is mapped from `exec` on, so that nothing happens here at all.
  case isMapped
  /// The page is the program's to read, write and execute, so that nothing happens here at all.
  case isAllowed
  /// Nothing that a program does makes the kernel panic.
  case survive
}

extension LabExpectation {
  /// Whether a kernel that did this has done what is expected.
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

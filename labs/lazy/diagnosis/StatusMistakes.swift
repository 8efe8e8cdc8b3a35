import LabDiagnosis

// Mistakes about what a process hears of its children. They are not the lab's, but a kernel that has one cannot
// be graded: a test's child says by its status that a check failed.

extension Clue {
  static let statusLost = Clue("statusLost")
}

extension MistakeCatalogue {
  static let statuses: [Entry] = [
    Entry(
      id: "wait-status-lost", name: "wait() does not tell the status of the child",
      explanation: """
        A child ended, and wait() told its parent another status or another child than the one that ended. \
        The number that a process gives to exit() is what wait() stores for its parent; a process that was \
        killed has the status -1.
        """,
      concept: "xv6 book, \"Code: Wait, exit, and kill\"", place: "exit(), wait() and copyout()",
      shown: [.statusLost])
  ]
}

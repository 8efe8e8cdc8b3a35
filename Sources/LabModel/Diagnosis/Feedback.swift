/// How much a report says about a lost test.
package enum Feedback: String, Sendable, CaseIterable, Comparable {
  /// The verdict, the most likely mistake, and a few lines about the fault: who, what, where, and what the
  /// lab expects.
  case student
  /// Also every mistake that was found, and the whole report of the fault with the page-table walk.
  case staff
  /// Also the notes for staff, the registers, and the console's text.
  case full

  package static func < (a: Feedback, b: Feedback) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .student: 0
    case .staff: 1
    case .full: 2
    }
  }
}

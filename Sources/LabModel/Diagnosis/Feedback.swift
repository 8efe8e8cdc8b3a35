/// How much is said of a lost test.
package enum Feedback: String, Sendable, CaseIterable, Comparable {
  /// The verdict, the likeliest mistake, and who, what, where and what the lab expects, in a few lines.
  case student
  /// Every mistake that was found, and the whole report of the fault, with the walk.
  case staff
  /// The notes for staff, the registers, and the console's text too.
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

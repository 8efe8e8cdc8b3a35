import LabDiagnosis
import LabModel

/// The mistakes that solutions of the lab are known to make, each with the clues that show it.
package enum MistakeCatalogue {
  /// A mistake, and by which clues it is recognised.
  package struct Entry: Sendable {
    package let id: String
    package let name: String
    /// Two sentences for a student.
    package let explanation: String
    /// Where the idea is explained.
    package let concept: String
    /// Where staff look in the solution.
    package let place: String
    /// Clues that are the mistake itself.
    var shown: [Clue] = []
    /// Clues that may be there for another reason too, or that need not be what lost the test.
    var likely: [Clue] = []

    /// The mistake, with what a run showed of it.
    package func mistake(seen: String? = nil) -> Mistake {
      Mistake(
        id: id, name: name, explanation: explanation, concept: concept,
        staffNote: seen.map { "\($0). Look at \(place)." } ?? "Look at \(place).")
    }
  }

  /// Of findings that are equally likely, the first here is told first: causes before their consequences.
  static let entries: [Entry] = sbrk + faults + fork + copies + unmap

  /// Every mistake that there is.
  package static var mistakes: [Mistake] { entries.map { $0.mistake() } }

  /// What `clues` show, in the catalogue's order.
  static func findings(_ clues: Clues) -> [MistakeFinding] {
    entries.compactMap { entry in
      if let seen = entry.shown.compactMap({ clues[$0] }).first {
        return MistakeFinding(mistake: entry.mistake(seen: seen), likelihood: .shown)
      }
      return entry.likely.compactMap { clues[$0] }.first.map {
        MistakeFinding(mistake: entry.mistake(seen: $0), likelihood: .likely)
      }
    }
  }
}

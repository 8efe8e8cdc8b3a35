import LabDiagnosis
import LabModel

/// The known mistakes in solutions of the lab. Each has the clues that show it.
package enum MistakeCatalogue {
  /// A mistake, and the clues that show it.
  package struct Entry: Sendable {
    package let id: String
    package let name: String
    /// Two sentences for a student.
    package let explanation: String
    /// Where a student can read about the idea behind it.
    package let concept: String
    /// Where the teaching staff should look in the solution.
    package let place: String
    /// If one of these clues is present, the solution has the mistake.
    var shown: [Clue] = []
    /// These clues make the mistake likely: they can have another cause, or may not be why the test failed.
    var likely: [Clue] = []

    /// The mistake; `seen` is the text about what a run showed.
    package func mistake(seen: String? = nil) -> Mistake {
      Mistake(
        id: id, name: name, explanation: explanation, concept: concept,
        staffNote: seen.map { "\($0). Look at \(place)." } ?? "Look at \(place).")
    }
  }

  /// If two findings are equally likely, the one that comes first here is reported first. So causes come
  /// before their consequences.
  static let entries: [Entry] = statuses + sbrk + faults + fork + copies + unmap

  /// All mistakes in the catalogue.
  package static var mistakes: [Mistake] { entries.map { $0.mistake() } }

  /// The mistakes that `clues` show, in the catalogue's order.
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

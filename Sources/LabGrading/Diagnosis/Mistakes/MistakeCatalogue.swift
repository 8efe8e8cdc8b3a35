/// The mistakes that solutions of the lab are known to make, each with the rule that recognises it.
enum MistakeCatalogue {
  /// One of each rule, fresh for a run; of findings that are equally likely, the first is told first.
  static func rules() -> [any MistakeRule] { [] }
}

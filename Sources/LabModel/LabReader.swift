import HostSupport

/// Reads `lab.json`.
package enum LabReader {
  /// Reads a lab from the bytes of a `lab.json`.
  ///
  /// Every field is required, and unknown fields are errors. Test names must be unique. No number may be
  /// larger than a grader can handle. If a field is wrong, a `JSONError` names it.
  package static func read(_ bytes: [UInt8]) throws(JSONError) -> Lab {
    var root = try JSONFields(document: bytes)
    _ = try root.integer("format", in: 1...1)
    let lab = Lab(
      name: try root.string("name"),
      title: try root.string("title"),
      edition: try root.string("edition"),
      programs: try root.strings("programs"),
      limits: try root.object("limits", limits),
      groups: try root.objects("groups", group),
      treeOnly: try root.objects("treeOnly", treeTest),
      extra: try root.objects("extra", extraTest),
      notOfEdition: try root.objects("notOfEdition", editionRow),
      dear: try root.strings("dear", atLeast: 0))
    let points = try root.integer("points", in: 0...1_000_000)
    try root.end()
    guard points == lab.points else {
      throw JSONError(path: "points", reason: "\(points), but the tests' points add up to \(lab.points)")
    }
    try checkNames(lab)
    try checkReferences(lab)
    return lab
  }

  private static func limits(_ fields: inout JSONFields) throws(JSONError) -> Lab.Limits {
    Lab.Limits(
      instructions: UInt64(try fields.integer("instructions", in: 1...1_000_000_000_000)),
      kernelSteps: UInt64(try fields.integer("kernelSteps", in: 1...1_000_000_000_000)),
      processorSeconds: try fields.integer("processorSeconds", in: 1...86_400),
      consoleBytes: try fields.integer("consoleBytes", in: 1...(1 << 20)),
      memoryMiB: try fields.integer("memoryMiB", in: 1...4096),
      boardInstructions: UInt64(try fields.integer("boardInstructions", in: 1...1_000_000_000_000)))
  }

  private static func group(_ fields: inout JSONFields) throws(JSONError) -> Lab.Group {
    Lab.Group(title: try fields.string("title"), tests: try fields.objects("tests", test))
  }

  private static func test(_ fields: inout JSONFields) throws(JSONError) -> Lab.Test {
    Lab.Test(
      name: try fields.string("name"),
      title: try fields.string("title"),
      points: try fields.integer("points", in: 0...1000),
      run: try fields.strings("run"),
      proves: try fields.string("proves"),
      expects: try fields.string("expects"))
  }

  private static func treeTest(_ fields: inout JSONFields) throws(JSONError) -> Lab.Test {
    Lab.Test(
      name: try fields.string("name"),
      title: try fields.string("title"),
      points: try fields.integer("points", in: 0...1000),
      run: [],
      proves: try fields.string("proves"),
      expects: try fields.string("expects"))
  }

  private static func extraTest(_ fields: inout JSONFields) throws(JSONError) -> Lab.Test {
    var extra = try test(&fields)
    extra.concerns = try fields.word("concerns", Lab.Concern.self)
    return extra
  }

  private static func editionRow(_ fields: inout JSONFields) throws(JSONError) -> Lab.EditionRow {
    Lab.EditionRow(
      kernel: try fields.word("kernel", Lab.Edition.self), tests: try fields.strings("tests"),
      why: try fields.string("why"))
  }

  /// `notOfEdition` and `dear` name tests of the lab. A dear test has no points.
  private static func checkReferences(_ lab: Lab) throws(JSONError) {
    let known = Set((lab.tests + lab.extra).map(\.name))
    for (r, row) in lab.notOfEdition.enumerated() {
      if let wrong = row.tests.firstIndex(where: { !known.contains($0) }) {
        throw JSONError(
          path: "notOfEdition[\(r)].tests[\(wrong)]", reason: "no test is called \"\(row.tests[wrong])\"")
      }
    }
    for (d, name) in lab.dear.enumerated() {
      guard let test = lab.tests.first(where: { $0.name == name }) else {
        throw JSONError(path: "dear[\(d)]", reason: "no official test is called \"\(name)\"")
      }
      guard test.points == 0 else { throw JSONError(path: "dear[\(d)]", reason: "\"\(name)\" has points") }
    }
  }

  private static func checkNames(_ lab: Lab) throws(JSONError) {
    var seen: Set<String> = []
    let lists =
      lab.groups.enumerated().map { (path: "groups[\($0)].tests", tests: $1.tests) }
      + [(path: "extra", tests: lab.extra)]
    for (list, tests) in lists {
      for (t, test) in tests.enumerated() {
        let path = "\(list)[\(t)]"
        guard seen.insert(test.name).inserted else {
          throw JSONError(path: path + ".name", reason: "\"\(test.name)\" is used twice")
        }
        guard lab.programs.contains(test.run[0]) else {
          throw JSONError(
            path: path + ".run[0]", reason: "\"\(test.run[0])\" is not among the lab's programs")
        }
      }
    }
    for (t, test) in lab.treeOnly.enumerated() {
      let path = "treeOnly[\(t)].name"
      guard seen.insert(test.name).inserted else {
        throw JSONError(path: path, reason: "\"\(test.name)\" is used twice")
      }
      // The name is also the name of a file in the tree.
      guard !test.name.contains("/") else {
        throw JSONError(path: path, reason: "\"\(test.name)\" has a slash")
      }
    }
    guard !lab.tests.isEmpty else { throw JSONError(path: "groups", reason: "the lab has no test") }
  }
}

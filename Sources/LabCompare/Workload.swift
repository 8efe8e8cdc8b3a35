import HostSupport
import LabModel
import LabPrograms
import ObjectFile

/// A program with its arguments. Solutions are compared on it.
package struct Workload: Sendable, Equatable, Codable {
  /// Its name for `--workload`: unique among the workloads and the lab's tests.
  package var name: String
  /// The command: a program of the disk image and its arguments.
  package var run: [String]
  /// What it does, in a few words.
  package var title: String
  /// What it shows about the two ways to allocate memory.
  package var shows: String

  package init(name: String, run: [String], title: String, shows: String) {
    self.name = name
    self.run = run
    self.title = title
    self.shows = shows
  }
}

/// The workloads of a lab: those in its `workloads.json`, and its own tests.
package struct WorkloadTable: Sendable {
  package let workloads: [Workload]
  package let tests: [Workload]

  /// The word that stands for all of the lab's tests in a list of names.
  package static let allTests = "tests"

  /// The table of a built-in lab. An `InputError` if the lab has none.
  package init(_ lab: Lab) throws(InputError) {
    guard let bytes = LabPrograms.workloads(of: lab.name) else {
      throw InputError("lab \"\(lab.name)\" has no workloads to compare solutions on")
    }
    do {
      try self.init(reading: bytes, lab: lab)
    } catch {
      throw InputError("labs/\(lab.name)/workloads.json: \(error)")
    }
  }

  /// Reads a `workloads.json`. Every field is required, other fields are not allowed, and each name must be
  /// unique.
  package init(reading bytes: [UInt8], lab: Lab) throws(JSONError) {
    tests = lab.tests.map { Workload(name: $0.name, run: $0.run, title: $0.title, shows: $0.proves) }
    var root = try JSONFields(document: bytes)
    _ = try root.integer("format", in: 1...1)
    workloads = try root.objects("workloads") { (fields: inout JSONFields) throws(JSONError) in
      Workload(
        name: try fields.string("name"), run: try fields.strings("run"), title: try fields.string("title"),
        shows: try fields.string("shows"))
    }
    try root.end()
    guard !workloads.isEmpty else { throw JSONError(path: "workloads", reason: "the list is empty") }
    var seen = Set(tests.map(\.name)).union([Self.allTests])
    for (index, workload) in workloads.enumerated() {
      guard seen.insert(workload.name).inserted else {
        throw JSONError(path: "workloads[\(index)].name", reason: "\"\(workload.name)\" is used twice")
      }
    }
  }

  /// The workloads of these names, in the table's order. Without names: all, except the lab's tests.
  package func select(_ names: [String]) throws(InputError) -> [Workload] {
    let all = workloads + tests
    if let name = names.first(where: { name in name != Self.allTests && !all.contains { $0.name == name } }) {
      let known = workloads.map(\.name).joined(separator: ", ")
      throw InputError(
        "no workload is called \"\(name)\" (there is: \(known), tests, and each test by its name)")
    }
    if names.isEmpty { return workloads }
    let everyTest = names.contains(Self.allTests)
    return workloads.filter { names.contains($0.name) }
      + tests.filter { everyTest || names.contains($0.name) }
  }
}

/// The disk for workloads: the lab's disk with the programs of the workloads added.
package enum WorkloadDisk {
  package static func image(for lab: String) throws -> [UInt8] {
    try LabDisk.image(
      for: lab,
      extra: LabPrograms.workloadPrograms(of: lab).map {
        ($0.name, try ELF(parsing: $0.elf).loadableImage())
      })
  }
}

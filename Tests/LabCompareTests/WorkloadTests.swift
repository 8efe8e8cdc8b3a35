import HostSupport
import LabMeter
import LabPrograms
import Testing

@testable import LabCompare

/// The programs that the built-in workloads.json names exist. An error about a wrong file names the wrong
/// field.
@Suite struct WorkloadTests {
  private func read(_ entry: String) throws -> WorkloadTable {
    try WorkloadTable(
      reading: Array("{\"format\": 1, \"workloads\": [\(entry)]}".utf8), lab: try Bench.lab.get())
  }

  private static let valid = "{\"name\": \"a\", \"run\": [\"p\", \"1\"], \"title\": \"t\", \"shows\": \"s\"}"

  @Test func `every workload runs a program that was built for it`() throws {
    let table = try WorkloadTable(Bench.lab.get())
    let programs = Set(LabPrograms.workloadPrograms(of: "lazy").map(\.name))
    #expect(table.workloads.count >= 10)
    for workload in table.workloads { #expect(programs.contains(workload.run[0]), "\(workload.name)") }
    #expect(programs == Set(table.workloads.map { $0.run[0] }), "and every program is run")
  }

  @Test(arguments: [
    (valid.replacing("\"name\"", with: "\"nom\""), "workloads[0].name: missing"),
    (valid.replacing("\"a\"", with: "1"), "workloads[0].name: expected a string, found 1"),
    (valid.replacing("[\"p\", \"1\"]", with: "[]"), "workloads[0].run: the list is empty"),
    (valid.replacing("}", with: ", \"more\": 1}"), "workloads[0].more: unknown field"),
    (valid + "," + valid, "workloads[1].name: \"a\" is used twice"),
    (valid.replacing("\"a\"", with: "\"pgbug\""), "workloads[0].name: \"pgbug\" is used twice"),
    (valid.replacing("\"a\"", with: "\"tests\""), "workloads[0].name: \"tests\" is used twice"),
    ("", "workloads: the list is empty"),
  ])
  func `a wrong table is refused, by its field`(entry: String, message: String) {
    let error = #expect(throws: JSONError.self) { try read(entry) }
    #expect(error?.description == message)
  }

  @Test func `names select, in the table's order`() throws {
    let table = try WorkloadTable(Bench.lab.get())
    #expect(try table.select([]) == table.workloads)
    #expect(try table.select(["sparse", "little"]).map(\.name) == ["little", "sparse"])
    #expect(try table.select(["sbrkmuch"]).map(\.run) == [["usertests", "sbrkmuch"]])
    #expect(try table.select(["tests"]).count == Bench.lab.get().tests.count)
    #expect(throws: InputError.self) { try table.select(["nothing"]) }
  }

  @Test func `results come in order, whatever the number of jobs`() throws {
    let lab = try Bench.lab.get()
    let workloads = [Bench.workload("little 64 8"), Bench.workload("trim 16"), Bench.workload("replace 9 1")]
    let comparer = try Comparer(lab: lab, sides: Sides([]), workloads: workloads)
    func results(_ jobs: Int) throws -> [Comparison] {
      var all: [Comparison] = []
      try comparer.run(jobs: jobs) { all.append($0) }
      return all
    }
    let one = try results(1)
    #expect(one.map(\.workload) == workloads)
    #expect(try results(3) == one)
  }

  @Test func `a quota is a workload's memory`() throws {
    let lab = try Bench.lab.get()
    let comparer = try Comparer(
      lab: lab, sides: Sides([]), workloads: [Bench.workload("little 512 64")], quota: 200)
    var found: [Outcome.Kind] = []
    try comparer.run(jobs: 1) { found += [$0.a.outcome.kind, $0.b.outcome.kind] }
    #expect(found == [.outOfMemory, .finished])
  }
}

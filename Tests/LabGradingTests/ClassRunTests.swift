import Foundation
import Testing

@testable import HostSupport
@testable import LabGrading
@testable import LabModel
@testable import LabReports
@testable import Submissions

/// One run over many solutions.
struct ClassRunTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "class-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Grades the built-in solutions `names`, with only the tests `map` and `sbrkarg`. Also returns how many
  /// gradings came from the folder.
  private func grade(_ names: [String], jobs: Int, settings: String = "s") throws -> (
    all: [Grading], kept: Int
  ) {
    let lab = try LabCatalogue.lab(LabCatalogue.standard)
    // This is an `NSLock` because the thread sanitizer understands it, but not Swift's own `Mutex`.
    let lock = NSLock()
    nonisolated(unsafe) var kept = 0
    var gradings: [Grading] = []
    let run = ClassRun(
      lab: lab, settings: settings, folder: try ResultFolder(folder.path),
      tests: Grader.tests(of: lab, named: ["map", "sbrkarg"], extra: false),
      grader: { Grader(lab: lab, solution: $0, tests: ["map", "sbrkarg"], jobs: $1) })
    _ = try run.grade(
      names.map { ($0, $0) }, jobs: jobs, finished: { if $0 { lock.withLock { kept += 1 } } },
      deliver: { grading, _ in gradings.append(grading) })
    return (gradings, lock.withLock { kept })
  }

  @Test func `results come in order, whatever the jobs, and one that cannot be graded stops no other`() throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let names = ["starter", "no-such", "reference"]
    let first = try grade(names, jobs: 1)
    #expect(first.all.map(\.solution) == names)
    #expect(first.all.map(\.earned) == [5, 0, 25])
    #expect(first.all[1].problem?.hasPrefix("no solution is called \"no-such\"") == true)
    try FileManager.default.removeItem(at: folder)
    #expect(try grade(names, jobs: 3).all == first.all)
  }

  @Test func `what the host could not run is not graded, and is not kept`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let lab = try LabCatalogue.lab(LabCatalogue.standard)
    func run(_ failing: String) throws -> (HostFailure?, [Grading], kept: Int) {
      let lock = NSLock()
      nonisolated(unsafe) var kept = 0
      var gradings: [Grading] = []
      let run = ClassRun(
        lab: lab, settings: "s", folder: try ResultFolder(folder.path), tests: lab.tests,
        grader: {
          if $0.name == failing { throw HostFailure.asleep("test \"map\"", seconds: 300) }
          return Grader(lab: lab, solution: $0, tests: ["sbrkarg"], jobs: $1)
        })
      let failure = try run.grade(
        [("starter", "starter"), ("reference", "reference")], jobs: 1,
        finished: { if $0 { lock.withLock { kept += 1 } } },
        deliver: { grading, _ in gradings.append(grading) })
      return (failure, gradings, lock.withLock { kept })
    }
    let (failure, gradings, _) = try run("starter")
    #expect(failure?.description.hasPrefix("test \"map\": its process has used no processor time") == true)
    #expect(gradings.map(\.problem) == [failure?.description, nil])
    #expect(gradings.map(\.earned) == [0, 5])
    let (none, again, kept) = try run("")
    #expect(none == nil)
    #expect(kept == 1)
    #expect(again.map(\.problem) == [nil, nil])
  }

  @Test func `a run goes on where it stopped, and grades anew what has changed`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try grade(["starter", "reference"], jobs: 2)
    #expect(first.kept == 0)
    let second = try grade(["starter", "reference", "blog-copyin"], jobs: 2)
    #expect(second.kept == 2)
    #expect(Array(second.all.prefix(2)) == first.all)
    #expect(try grade(["starter"], jobs: 1, settings: "other").kept == 0)
    // A solution with half a result file is graded again. No run leaves such a file.
    try Data("{".utf8).write(to: folder.appending(path: "reference.json"))
    #expect(try grade(["reference"], jobs: 1).kept == 0)
  }

  @Test func `merged result files are one class, and contradictions are refused`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let graded = try grade(["starter", "reference"], jobs: 2).all
    let copy = folder.appending(path: "copy.json").path
    try FileManager.default.copyItem(atPath: folder.path + "/starter.json", toPath: copy)
    #expect(try ResultFolder.gradings(in: [folder.path]) == [graded[1], graded[0]])
    var other = graded[0]
    other.tests[0].points = 7
    try ResultFile(copy).write(JSONFormat.text([other]), final: true)
    #expect(throws: InputError.self) { try ResultFolder.gradings(in: [folder.path]) }
  }

  /// Every solution is in exactly one shard, and the sizes of shards differ by one at most.
  @Test func `shards share the work`() {
    for total in 0...12 {
      for count in 1...15 {
        let shards = (1...count).map { SubmissionList.shard(Array(0..<total), $0, of: count) }
        #expect(shards.flatMap { $0 }.sorted() == Array(0..<total))
        #expect((shards.map(\.count).max() ?? 0) - (shards.map(\.count).min() ?? 0) <= 1)
      }
    }
  }

  @Test(arguments: ["", "1", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2"])
  func `a shard that is none is refused`(text: String) {
    #expect(throws: InputError.self) { try SubmissionList.shard(text) }
  }

  @Test(arguments: [
    (["a/x.swift", "b/"], ["x.swift", "b"]),
    (["a/S.swift", "b/S.swift", "c"], ["a/S.swift", "b/S.swift", "c"]),
    (["p/a/S.swift", "q/a/S.swift", "b/S.swift"], ["p/a/S.swift", "q/a/S.swift", "b/S.swift"]),
    (["/S.swift", "/b/S.swift"], nil),
    (["a/x", "./a/x"], nil), (["x", "x"], nil),
  ])
  func `solutions of one name are told apart by their folders`(operands: [String], names: [String]?) throws {
    guard let names else {
      let error = #expect(throws: InputError.self) { try SubmissionList.names(of: operands) }
      #expect(error?.description == "\(operands[0]) and \(operands[1]) are the same solution: name it once")
      return
    }
    #expect(try SubmissionList.names(of: operands) == names)
  }

  /// Names that are awkward for a file, and things that already have the file's name.
  @Test func `any name has a result file, and nothing there is followed or waited for`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let lab = try LabCatalogue.lab(LabCatalogue.standard)
    let results = try ResultFolder(folder.path)
    let target = folder.appending(path: "target")
    try Data("precious".utf8).write(to: target)
    #expect(symlink("target", folder.path + "/link.json") == 0)
    #expect(mkfifo(folder.path + "/pipe.json", 0o600) == 0)
    let long = String(repeating: "n", count: 251)
    for name in ["link", "pipe", long, long + "m", String(repeating: "\u{e9}", count: 127), "a/S.swift"] {
      var grading = Grading(lab: lab, solution: name, tests: [])
      grading.fingerprint = "f"
      grading.problem = "p"
      try results.check(name)
      try results.keep(grading)
      #expect(results.finished(name, fingerprint: "f") == grading, "\(name)")
    }
    #expect(try String(contentsOf: target, encoding: .utf8) == "precious")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count == 7)
    #expect(names.contains("a%2FS.swift.json"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "dir.json"), withIntermediateDirectories: false)
    #expect(throws: InputError("\(folder.path)/dir.json: is a directory")) { try results.check("dir") }
  }

  /// Twenty thousand entries took 2.7 GiB, because each had the tests of the lab for itself.
  @Test func `what cannot be graded shares its tests`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let all = try grade(["no-such", "neither"], jobs: 1).all
    let places = all.map { $0.tests.withUnsafeBufferPointer { $0.baseAddress } }
    #expect(places[0] == places[1] && all[0].tests.count == 2)
  }

  @Test func `the table has a line for each, and says what was lost`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let gradings = try grade(["starter", "reference", "no-such"], jobs: 2).all
    let lines = ScoreTable.lines(gradings)
    #expect(
      lines.prefix(3) == [
        "solution   score  lost",
        "starter     5/25  lazy: map",
        "reference  25/25",
      ])
    #expect(lines[3].hasPrefix("no-such        -  not graded: no solution is called"))
    #expect(lines[4] == "3 solutions: 1 with every point, 1 without, 1 not graded")
    #expect(ScoreTable.lines([gradings[1]]).last == "1 solution: 1 with every point, 0 without")
  }
}

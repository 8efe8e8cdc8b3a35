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
        lab: lab, settings: "s", folder: try ResultFolder(folder.path),
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

  @Test func `two solutions of one name are refused`() throws {
    #expect(try SubmissionList.names(of: ["a/x.swift", "b/"]) == ["x.swift", "b"])
    #expect(throws: InputError("a/x and b/x are both called \"x\": grade them one after the other")) {
      try SubmissionList.names(of: ["a/x", "b/x"])
    }
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

import Foundation
import Testing

@testable import labrunner

/// `labrunner compare`, as a build server calls it.
struct CompareCommandTests {
  @Test(
    arguments: [
      (["--fail-if", "lazy.peak_pages > eager.peak_pages"], 0),
      (["--fail-if", "little:B.faults == 32 and A.faults == 0"], 1),
      (["--fail-if", "lazy.peak_pages >"], 2),
      (["--fail-if", "sparse:lazy.peak_pages > 1"], 2),
      (["--format", "pdf"], 2),
      (["--workload", "nothing"], 2),
      (["--lab", "nothing"], 2),
      (["eager", "nothing"], 2),
      (["--jobs", "0"], 2),
    ] as [([String], Int32)])
  func `the exit status tells whether a condition holds`(words: [String], status: Int32) {
    #expect(Labrunner.run(["compare", "--workload", "little"] + words).code == status)
  }

  @Test func `a file's name tells its format`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "CompareCommandTests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let beginnings = [
      "a.csv": "workload,side,", "a.json": "{\n", "a.html": "<!DOCTYPE html>", "a.b": "little: ",
    ]
    let files = beginnings.keys.sorted().flatMap { ["--output", folder.appending(path: $0).path] }
    #expect(Labrunner.run(["compare", "--workload", "little"] + files) == .success)
    for (name, beginning) in beginnings {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(text.hasPrefix(beginning), "\(name)")
    }
  }
}

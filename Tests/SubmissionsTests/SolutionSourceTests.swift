import Foundation
import Testing

@testable import HostSupport
@testable import Submissions

/// Which type in a Swift source is the solution.
struct SolutionSourceTests {
  @Test(arguments: [
    ("struct A: LabSolution {}", ["A"]),
    ("public final class Mine: Base, LabSolution {}", ["Mine"]),
    ("struct A: XV6Kernel.LabSolution {}", ["A"]),
    ("struct A: Sendable & LabSolution {}", ["A"]),
    ("struct A {}\nextension A: LabSolution {}", ["A"]),
    ("// struct Old: LabSolution {}\nstruct New: LabSolution {}", ["New"]),
    ("/* struct Old: LabSolution {} */ struct New: LabSolution {}", ["New"]),
    ("let s = \"struct Text: LabSolution {\"; struct New: LabSolution {}", ["New"]),
    ("struct A: LabSolutionHelper {}", []),
    ("struct A: LabSolution {}\nstruct B: LabSolution {}", ["A", "B"]),
    ("", []),
  ])
  func `conforming types are found in code alone`(text: String, types: [String]) {
    #expect(SolutionSource.conformingTypes(in: text) == types)
  }

  @Test func `what is no Swift source is refused by name`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "SolutionSourceTests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let kernel = folder.appending(path: "kernel").path
    try Data([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0]).write(to: URL(fileURLWithPath: kernel))
    let text = folder.appending(path: "notes.txt").path
    try Data("hello".utf8).write(to: URL(fileURLWithPath: text))
    let empty = folder.appending(path: "Empty.swift").path
    try Data("import XV6Kernel\n".utf8).write(to: URL(fileURLWithPath: empty))
    let binary = folder.appending(path: "Binary.swift").path
    try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: binary))

    for (path, reason) in [
      (kernel, "not a solution"), (text, "not a solution"), (empty, "no type conforms to LabSolution"),
      (binary, "not a readable UTF-8 text"), (folder.path + "/none.swift", "no such file"),
    ] {
      let error = #expect(throws: InputError.self) { try SolutionSource(path: path) }
      #expect(error?.description.contains(reason) == true, "\(path): \(String(describing: error))")
      #expect(error?.description.contains((path as NSString).lastPathComponent) == true)
    }
  }
}

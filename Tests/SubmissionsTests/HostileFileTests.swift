import Foundation
import LabPrograms
import Testing

@testable import HostSupport
@testable import LabModel
@testable import Submissions

/// SECURITY.md, "Files": what a stranger's folder may contain, and how it is handled.
struct HostileFileTests {
  /// A folder for one test.
  private static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "HostileFileTests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  /// Things that are not regular files, and how the message about each ends.
  private static let oddities: [(name: String, message: String)] = [
    ("pipe", "not a regular file"), ("zero", "not a regular file"), ("folder", "is a folder"),
    ("loop", "cannot be read"), ("dangling", "no such file"), ("absent", "no such file"),
  ]

  private static func make(_ folder: String) throws {
    #expect(mkfifo(folder + "/pipe", 0o600) == 0)
    #expect(symlink("/dev/zero", folder + "/zero") == 0)
    #expect(mkdir(folder + "/folder", 0o700) == 0)
    #expect(symlink("loop", folder + "/loop") == 0)
    #expect(symlink("nowhere", folder + "/dangling") == 0)
  }

  @Test(arguments: oddities) func `what is no regular file is refused at once`(name: String, message: String)
    throws
  {
    try Self.inFolder { folder in
      try Self.make(folder)
      let path = folder + "/" + name
      #expect(throws: InputError("\(path): \(message)")) { try HostFile.contents(of: path) }
      #expect(HostFile.beginning(of: path, count: 4) == nil)
    }
  }

  @Test func `a file is read up to its limit, and refused beyond it`() throws {
    try Self.inFolder { folder in
      let path = folder + "/file"
      try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: path))
      #expect(try HostFile.contents(of: path, limit: 5000) == [UInt8](repeating: 7, count: 5000))
      #expect(throws: InputError("\(path): larger than 4,999 bytes")) {
        try HostFile.contents(of: path, limit: 4999)
      }
      #expect(HostFile.beginning(of: path, count: 3) == [7, 7, 7])
      // A file of one terabyte that takes no space on the disk.
      #expect(truncate(path, 1 << 40) == 0)
      #expect(throws: InputError("\(path): larger than 268,435,456 bytes")) {
        try HostFile.contents(of: path)
      }
    }
  }

  @Test("a tree may have anything for its kernel, its hours and its image", arguments: oddities)
  func tree(name: String, message: String) throws {
    try Self.inFolder { folder in
      try Self.make(folder)
      let tree = folder + "/tree"
      try FileManager.default.createDirectory(atPath: tree + "/kernel", withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: tree + "/kernel/main.c"))
      for file in ["kernel/kernel", "time.txt", "fs.img"] {
        #expect(symlink(folder + "/" + name, tree + "/" + file) == 0)
      }
      #expect(throws: InputError.self) { try SolutionCatalogue.solution(tree) }

      // If the kernel can be read, the hours count as missing, and the image is refused.
      #expect(unlink(tree + "/kernel/kernel") == 0)
      let kernel = try #require(LabPrograms.guest("tiny"))
      try Data(kernel).write(to: URL(fileURLWithPath: tree + "/kernel/kernel"))
      guard case .kernel(let solution) = try SolutionCatalogue.solution(tree) else {
        Issue.record("not a tree")
        return
      }
      let hours = try #require(try LabCatalogue.lab("lazy").treeOnly.first)
      #expect(solution.judge(hours).explanation == "time.txt is missing")
      #expect(throws: InputError("\(tree)/fs.img: \(message)")) { try solution.ownImage() }
    }
  }

  @Test("a solution may have anything for its sources", arguments: oddities)
  func source(name: String, message: String) throws {
    try Self.inFolder { folder in
      try Self.make(folder)
      #expect(throws: InputError.self) { try SolutionCatalogue.solution(folder + "/" + name) }
      let swift = folder + "/Solution.swift"
      #expect(symlink(folder + "/" + name, swift) == 0)
      #expect(throws: InputError.self) { try SolutionCatalogue.solution(swift) }
    }
  }

  @Test("a lab may be anything", arguments: oddities) func lab(name: String, message: String) throws {
    try Self.inFolder { folder in
      try Self.make(folder)
      #expect(throws: InputError.self) { try LabCatalogue.lab(folder + "/" + name) }
    }
  }
}

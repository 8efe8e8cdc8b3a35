import Foundation
import LabPrograms
import Testing

@testable import labrunner

/// `labrunner isa` with files.
struct IsaCommandTests {
  /// Runs `words`. In these, a guest's name stands for a file with the guest, and `folder/` for the folder
  /// that holds it.
  private func run(
    _ words: [String], then look: (URL) throws -> Void = { _ in }
  ) throws -> labrunner.ExitStatus {
    let folder = FileManager.default.temporaryDirectory.appending(path: "isa-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = try words.map { word in
      if word.hasPrefix("folder/") { return folder.appending(path: word.dropFirst(7)).path }
      guard let elf = LabPrograms.guest(word) else { return word }
      let file = folder.appending(path: word)
      try Data(elf).write(to: file)
      return file.path
    }
    let status = Labrunner.run(["isa"] + paths)
    try look(folder)
    return status
  }

  @Test(arguments: [
    (["isa-pass"], labrunner.ExitStatus.success), (["--verbose", "isa-pass", "isa-pass"], .success),
    (["isa-pass", "isa-fail"], .pointsLost), (["--verbose", "isa-fail"], .pointsLost),
    (["--limit", "10000", "isa-endless"], .pointsLost), (["--harts", "3", "isa-harts"], .success),
    (["isa-fail", "clint", "isa-pass"], .usage), (["/no/such/file"], .usage), (["Package.swift"], .usage),
    (["--signature", "folder/", "isa-fail"], .usage),
    (["--signature", "folder/one", "isa-pass", "isa-pass"], .usage),
    (["--signature", "/no/such/folder/file", "isa-pass"], .usage),
    (["--signature-granularity", "3", "isa-pass"], .usage),
  ])
  func `the exit status tells`(words: [String], status: labrunner.ExitStatus) throws {
    #expect(try run(words) == status)
  }

  @Test(arguments: [("folder/one", "one"), ("folder/", "isa-pass.signature")])
  func `a signature goes to a file or a folder`(path: String, name: String) throws {
    let words = ["--signature", path, "--signature-granularity", "8", "isa-pass"]
    let status = try run(words) { folder in
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(text == "0706050403020100\ndeadbeef\n")
    }
    #expect(status == .success)
  }
}

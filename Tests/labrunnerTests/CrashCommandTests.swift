import Foundation
import LabPrograms
import Testing
import XV6FileSystem

@testable import labrunner

/// `labrunner crash` with files.
struct CrashCommandTests {
  /// Runs `words`. In these, a guest's name stands for a file with the guest, `disk` for an empty xv6 disk,
  /// and `folder/` for the folder that holds both.
  private func run(
    _ words: [String], then look: (URL) throws -> Void = { _ in }
  ) throws -> labrunner.ExitStatus {
    let folder = FileManager.default.temporaryDirectory.appending(path: "crash-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = try words.map { word in
      if word.hasPrefix("folder/") { return folder.appending(path: word.dropFirst(7)).path }
      let file = folder.appending(path: word)
      if word == "disk" {
        try Data(FileSystemImage(blocks: 60, inodes: 15).bytes).write(to: file)
      } else if let elf = LabPrograms.guest(word) {
        try Data(elf).write(to: file)
      } else {
        return word
      }
      return file.path
    }
    let status = Labrunner.run(["crash"] + paths)
    try look(folder)
    return status
  }

  @Test(arguments: [
    (["crash-logged", "disk", "--script", "one"], labrunner.ExitStatus.success),
    (["crash-unlogged", "disk", "--script", "one"], .pointsLost),
    (["uart", "disk"], .pointsLost), (["crash-logged", "disk", "--script", "one", "--reordered"], .success),
    (["disk", "disk"], .usage), (["crash-logged", "/no/such/file"], .usage),
    (["crash-logged", "crash-logged"], .usage), (["crash-logged"], .usage),
    (["crash-logged", "disk", "--script", String(repeating: "x", count: 100)], .usage),
    (["crash-unlogged", "disk", "--script", "one", "--save", "/no/such/folder/file"], .usage),
  ])
  func `the exit status tells`(words: [String], status: labrunner.ExitStatus) throws {
    #expect(try run(words) == status)
  }

  /// An xv6 tree has `kernel/kernel` and `fs.img`.
  @Test(arguments: [true, false]) func `a tree is taken for its kernel and its disk`(hasDisk: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "crash-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "kernel"), withIntermediateDirectories: true)
    try Data().write(to: folder.appending(path: "kernel/main.c"))
    #expect(Labrunner.run(["crash", folder.path]) == .usage)
    #expect(Labrunner.run(["boot", folder.path]) == .usage)
    let kernel = try #require(LabPrograms.guest("crash-logged"))
    try Data(kernel).write(to: folder.appending(path: "kernel/kernel"))
    let disk = folder.appending(path: "fs.img")
    if hasDisk { try Data(FileSystemImage(blocks: 60, inodes: 15).bytes).write(to: disk) }
    let operands = try KernelOperands([folder.path], of: "boot")
    #expect(operands.kernel == folder.path + "/kernel/kernel")
    #expect(operands.disk == (hasDisk ? disk.path : nil))
    #expect(Labrunner.run(["crash", folder.path, "--script", "one"]) == (hasDisk ? .success : .usage))
  }

  @Test func `the first disk that is lost can be kept`() throws {
    let words = ["crash-unlogged", "disk", "--script", "one", "--save", "folder/bad.img"]
    let status = try run(words) { folder in
      let bytes = try Data(contentsOf: folder.appending(path: "bad.img"))
      #expect(try FileSystemImage(parsing: [UInt8](bytes)).check().contains { $0.isDamage })
    }
    #expect(status == .pointsLost)
  }
}

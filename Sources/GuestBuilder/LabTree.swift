import Foundation

/// The sources below `labs/`, in a fixed order.
struct LabTree {
  /// One RV64 program: its name on the disk image, its sources, and its lab. The lab is nil for `labs/user`;
  /// a lab's workloads count as a lab of their own.
  struct Program {
    let name: String
    let sources: [URL]
    let lab: String?

    /// `source` is a program of one file, or a folder whose `.c` files together are one program.
    init(_ source: URL, lab: String? = nil) throws {
      name = source.deletingPathExtension().lastPathComponent
      let isFile = source.pathExtension == "c"
      sources = isFile ? [source] : try LabTree.files(in: source, withExtension: "c")
      self.lab = lab
    }
  }

  let root: URL
  let headers: [URL]
  let library: [URL]
  let programs: [Program]
  /// Programs for a bare machine.
  let guests: [Program]
  /// Each lab's name and its `lab.json`.
  let labs: [(name: String, description: URL)]
  /// The names of the labs that have workloads, and their `workloads.json`.
  let workloads: [(name: String, table: URL)]

  init(root: URL) throws {
    self.root = root
    let benchmarks = root.appending(path: "benchmarks")
    let user = root.appending(path: "user")
    library = try Self.files(in: user.appending(path: "lib"), withExtension: "c")
    headers =
      try Self.files(in: user, withExtension: "h") + Self.files(in: user, withExtension: "ld")
    var programs = try Self.files(in: user, withExtension: "c").map { try Program($0) }
    var labs: [(name: String, description: URL)] = []
    var workloads: [(name: String, table: URL)] = []
    for folder in try Self.contents(of: root) {
      let description = folder.appending(path: "lab.json")
      guard FileManager.default.fileExists(atPath: description.path) else { continue }
      let lab = folder.lastPathComponent
      labs.append((lab, description))
      programs += try Self.contents(of: folder.appending(path: "programs"))
        .filter { $0.pathExtension == "c" || $0.hasDirectoryPath }
        .map { try Program($0, lab: lab) }
        .filter { !$0.sources.isEmpty }
      let table = folder.appending(path: "workloads.json")
      if FileManager.default.fileExists(atPath: table.path) { workloads.append((lab, table)) }
      programs += try Self.files(in: folder.appending(path: "workloads"), withExtension: "c")
        .map { try Program($0, lab: lab + "-workloads") }
    }
    self.workloads = workloads
    self.programs =
      try programs
      + Self.files(in: benchmarks.appending(path: "programs"), withExtension: "c").map {
        try Program($0, lab: "benchmarks")
      }
    guests = try [root, benchmarks].flatMap { folder in
      try Self.files(in: folder.appending(path: "guests"), withExtension: "c").map { try Program($0) }
    }
    self.labs = labs
  }

  private static func contents(of folder: URL) throws -> [URL] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
  }

  private static func files(in folder: URL, withExtension name: String) throws -> [URL] {
    try contents(of: folder).filter { $0.pathExtension == name }
  }
}

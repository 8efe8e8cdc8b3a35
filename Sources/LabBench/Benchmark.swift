import HostSupport
import LabModel

/// One piece of work whose speed is measured.
package struct Benchmark: Sendable, Equatable {
  /// Its name in the report.
  package var name: String
  package var work: Work
  /// The speed that it should reach, or nil if no speed is required.
  package var target: Target?

  package enum Work: Sendable, Equatable {
    /// A program for a bare machine, from `labs/benchmarks/guests`.
    case guest(String)
    /// A command on the Swift kernel. Its program is from `labs/benchmarks/programs`.
    case program([String])
    case kernel(Kernel)
  }

  /// A real kernel that boots to its shell's prompt and gets a command there.
  package struct Kernel: Sendable, Equatable {
    package var path: String
    /// The path of the disk image, or nil for a disk with our own programs.
    package var image: String?
    package var harts: Int
    /// The text typed at the prompt. If it is nil, the run ends at the prompt.
    package var command: String?

    package init(path: String, image: String?, harts: Int, command: String?) {
      self.path = path
      self.image = image
      self.harts = harts
      self.command = command
    }

    /// The disk's bytes.
    func disk() throws -> [UInt8] {
      try image.map { try HostFile.contents(of: $0) } ?? LabDisk.image(for: LabCatalogue.standard)
    }
  }

  /// The speed that we want to reach.
  package struct Target: Sendable, Equatable, Codable {
    /// QEMU's processor time divided by ours.
    package var ratio: Double
    /// Instructions per second of our processor time.
    package var rate: Double?
  }

  package init(name: String, work: Work, target: Target? = nil) {
    self.name = name
    self.work = work
    self.target = target
  }

  /// The built-in benchmarks.
  package static let all: [Benchmark] = [
    Benchmark(name: "start-up", work: .guest("start-up")),
    Benchmark(name: "arithmetic", work: .guest("arithmetic"), target: Target(ratio: 0.3, rate: 300e6)),
    Benchmark(name: "bytes", work: .guest("bytes"), target: Target(ratio: 5)),
    Benchmark(name: "calls", work: .guest("calls"), target: Target(ratio: 20)),
    Benchmark(name: "faults", work: .guest("faults"), target: Target(ratio: 10)),
    Benchmark(name: "asks", work: .program(["asks"])),
    Benchmark(name: "forks", work: .program(["forks"])),
    Benchmark(name: "pipes", work: .program(["pipes"])),
    Benchmark(name: "files", work: .program(["files"])),
  ]

  package static func named(_ name: String) throws(InputError) -> Benchmark {
    guard let found = all.first(where: { $0.name == name }) else {
      let names = all.map(\.name).joined(separator: ", ")
      throw InputError("no benchmark is called \"\(name)\" (there is: all, \(names))")
    }
    return found
  }

  /// The words that choose this benchmark on the command line of `labrunner bench`.
  var words: [String] {
    switch work {
    case .guest, .program: [name]
    case .kernel(let kernel):
      ["--kernel", kernel.path, "--harts", "\(kernel.harts)"] + (kernel.image.map { ["--image", $0] } ?? [])
        + (kernel.command.map { ["--type", $0] } ?? [])
    }
  }

  /// Benchmarks of a kernel: its boot, and each of `commands`, for each number of harts.
  package static func kernel(_ path: String, image: String?, harts: [Int], commands: [String]) -> [Benchmark]
  {
    let scripts = [nil] + commands.map(Optional.some)
    return scripts.flatMap { command in
      harts.map { harts in
        Benchmark(
          name: (command ?? "boot") + (harts == 1 ? "" : ", \(harts) harts"),
          work: .kernel(Kernel(path: path, image: image, harts: harts, command: command)),
          target: target(of: command, harts: harts))
      }
    }
  }

  private static func target(of command: String?, harts: Int) -> Target? {
    switch (command, harts) {
    case (nil, _): Target(ratio: 5)
    case ("lazytests", 1): Target(ratio: 1)
    case ("usertests -q", 1): Target(ratio: 3)
    case ("usertests -q", 3): Target(ratio: 8)
    default: nil
    }
  }
}

import Foundation
import HostSupport
import Testing

@testable import LabBench

/// Each benchmark does the work that its description promises.
struct BenchmarkRunTests {
  @Test(arguments: [1, 2, 5])
  func `the guests compute what their models compute`(rounds: Int) throws {
    let models: [(String, (Int) -> UInt64)] = [
      ("start-up", { _ in 0 }), ("arithmetic", GuestModels.arithmetic), ("bytes", GuestModels.bytes),
      ("calls", GuestModels.calls), ("faults", GuestModels.faults),
    ]
    for (name, model) in models {
      let report = try Benchmark.named(name).run(rounds: rounds)
      #expect(report.answer == GuestModels.answer(model(rounds)), "\(name)")
      #expect(report.instructions > 0)
      #expect(report.startUp > 0)
    }
  }

  @Test(arguments: ["asks", "forks", "pipes", "files"])
  func `the programs end well`(name: String) throws {
    let benchmark = try Benchmark.named(name)
    let short = try benchmark.run(rounds: 2)
    #expect(short.answer == "status 0")
    #expect(try benchmark.run(rounds: 20).instructions > short.instructions)
  }

  @Test func `a kernel runs to its prompt and through a command`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let kernel = folder.appending(path: "kernel")
    try Data(BenchmarkGuest.tiny()).write(to: kernel)
    let benchmarks = Benchmark.kernel(kernel.path, image: nil, harts: [1], commands: ["echo hello"])
    let reports = try benchmarks.map { try $0.run() }
    #expect(reports.map(\.answer) == ["init: starting sh", "hello"])
    #expect(reports[0].instructions < reports[1].instructions)
    #expect(!reports[1].wishes.legacyDisk)
  }

  @Test func `what is no kernel is named`() {
    let benchmark = Benchmark.kernel("/no/such/kernel", image: nil, harts: [1], commands: [])[0]
    #expect(throws: InputError.self) { try benchmark.run() }
    #expect(throws: InputError.self) { try Benchmark.named("nothing") }
  }
}

/// QEMU gives the same answers, if it is installed.
struct QEMUTests {
  @Test func `QEMU runs our guests as they are`() throws {
    guard let qemu = QEMUMachine() else {
      print("QEMU is not installed: nothing is compared with it")
      return
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let elf = folder.appending(path: "guest")
    try Data(BenchmarkGuest.startUp()).write(to: elf)
    let (answer, measurement) = try qemu.run(guest: elf.path, seconds: 60)
    #expect(answer == "0000000000000000")
    #expect(measurement.processorSeconds > 0)
    #expect(measurement.peakBytes > 1 << 20)
    #expect(qemu.version.contains("QEMU"))
  }

  @Test func `a QEMU that is not there is none`() throws {
    #expect(QEMUMachine("/no/such/qemu") == nil)
    #expect(QEMUMachine("no-such-qemu-anywhere") == nil)
  }
}

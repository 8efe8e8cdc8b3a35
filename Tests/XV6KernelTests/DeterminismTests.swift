import RV64
import Synchronization
import Testing

@testable import XV6Kernel

/// xv6 in Swift does exactly the same in each run, although it has many host threads.
struct DeterminismTests {
  private static let commands = [
    ["forktest"], ["usertests", "sbrkarg"], ["sh"],
  ]

  private func hash(
    _ command: [String], _ grain: TraceGrain = .turns,
    _ change: (inout KernelConfiguration) -> Void = { _ in }
  ) throws -> TraceSum {
    let run = try Machine.run(command) {
      $0.trace = grain
      $0.consoleInput = Array("ls | wc\n(sleep 3; echo late) &\necho soon\n".utf8)
      change(&$0)
    }
    return try #require(run.kernel.traceSum)
  }

  @Test(arguments: commands) func `a replay has the same hash`(command: [String]) throws {
    let first = try hash(command)
    for _ in 0..<3 { #expect(try hash(command) == first) }
  }

  @Test(arguments: commands)
  func `one instruction at a time, what the kernel sees is the same`(command: [String]) throws {
    #expect(try hash(command, .instructions).turns == hash(command, .turns).turns)
  }

  @Test func `machines side by side have the same hash`() async throws {
    let first = try hash(["sh"])
    try await withThrowingTaskGroup(of: TraceSum.self) { group in
      for _ in 0..<6 { group.addTask { try hash(["sh"]) } }
      for try await other in group { #expect(other == first) }
    }
  }

  @Test func `being traced changes nothing`() throws {
    let plain = try Machine.run(["forktest"])
    #expect(plain.kernel.traceSum == nil)
    for grain in TraceGrain.allCases {
      let traced = try Machine.run(["forktest"]) { $0.trace = grain }
      #expect(traced.console == plain.console)
      #expect(traced.kernel.retired == plain.kernel.retired)
      #expect(traced.kernel.mtime == plain.kernel.mtime)
    }
  }

  @Test func `any difference makes another hash`() throws {
    let hashes = [
      try hash(["echo", "a"]), try hash(["echo", "b"]),
      try hash(["echo", "a"]) { $0.memorySize = 64 << 20 },
      try hash(["usertests", "sbrkarg"]),
      try hash(["usertests", "sbrkarg"]) { $0.solution = EagerXV6() },
    ]
    #expect(Set(hashes.map(\.turns)).count == hashes.count)
  }

  @Test func `a bit of a block that nobody reads is no part of what the machine did`() throws {
    let changed = try hash(["echo", "a"]) { $0.disk[$0.disk.count - 1] ^= 1 }
    #expect(try changed == hash(["echo", "a"]))
  }

  /// Input that comes from a pipe in pieces is typed as if all of it had been there at once.
  @Test func `input that is asked for early is typed while others run`() throws {
    let lines = Lines(["usertests sbrkbasic &\n", "echo soon\n"])
    let run = try Machine.run(["sh"]) {
      $0.consoleReadySource = { lines.next() }
      $0.consoleSource = { lines.next() ?? [0x04] }
    }
    let soon = try #require(run.console.range(of: "\nsoon"))
    let passed = try #require(run.console.range(of: "ALL TESTS PASSED"))
    #expect(soon.lowerBound < passed.lowerBound)
  }
}

/// Lines that are given out one by one.
private final class Lines: Sendable {
  private let left: Mutex<[String]>

  init(_ lines: [String]) { left = Mutex(lines) }

  func next() -> [UInt8]? { left.withLock { $0.isEmpty ? nil : Array($0.removeFirst().utf8) } }
}

import LabEvents
import LazySolutions
import Testing
import XV6FileSystem

@testable import XV6Kernel

/// `kalloc` fails at its Nth call, for every N of a small program. The kernel panics only if xv6 does, and
/// when the processes have ended, every page is free again.
///
/// The machine's `/init` forks, has the child `exec` the program, waits until no child is left, and then
/// waits for somebody to type, which ends the run as `.idle` with only init alive.
@Suite("kalloc fails at every call once")
struct AllocationFailureTests {
  @Test("no page is lost", arguments: Subject.all)
  func everyCall(subject: Subject) throws {
    let whole = try run(subject, failing: nil)
    try #require(whole.outcome == .idle)
    try #require(whole.statuses.last == 0, "the program works where memory does not run out")
    try #require(whole.alive == 1)
    let calls = try #require(Int(exactly: whole.kernel.allocations))
    try #require(calls > 20)

    var panics = 0
    for call in 1...calls where subject.fails(at: call, of: calls) {
      let failed = try run(subject, failing: UInt64(call))
      let place: Comment = "\(subject), kalloc \(call) of \(calls)"
      #expect(failed.outOfMemory == 1, place)
      switch failed.outcome {
      case .idle:
        #expect(failed.alive == 1, place)
        #expect(failed.kernel.freePages == whole.kernel.freePages, place)
      case .panicked("init exiting"):
        // The first exec failed: xv6 cannot go on either. What exec had allocated is free again nevertheless.
        panics += 1
        #expect(failed.kernel.freePages == whole.afterBoot, place)
      default:
        Issue.record("\(place): \(failed.outcome)")
      }
      #expect(failed.free == failed.kernel.freePages, "\(place): the free list is not as long as it counts")
    }
    // Exactly the calls that exec("/init") makes end in a panic.
    #expect(panics == whole.callsBeforeInit)
  }

  /// A run, and its state at the end.
  private struct Run {
    var kernel: Kernel
    var outcome: KernelOutcome
    var afterBoot: Int
    /// Calls of `kalloc` until /init had been loaded.
    var callsBeforeInit = 0
    /// The exit statuses of init's children.
    var statuses: [Int32] = []
    /// How often `kalloc` had no page.
    var outOfMemory = 0
    /// Places of the process table that are taken.
    var alive: Int { kernel.procs.count { $0.state != .unused } }
    /// Pages on the free list, counted one by one.
    var free: Int {
      var count = 0
      var page = kernel.freelist
      while page != 0, page != kernel.virgin, count <= 1 << 20 {
        count += 1
        page = kernel.memory.load64(page)
      }
      return page == 0 ? count : count + Int((page - PGROUNDUP(end)) / PGSIZE) + 1
    }
  }

  private func run(_ subject: Subject, failing call: UInt64?) throws -> Run {
    let events = EventLog()
    var configuration = KernelConfiguration(solution: subject.solution, disk: try subject.disk())
    configuration.memorySize = 8 << 20
    configuration.instructionLimit = 1_000_000
    configuration.failAllocation = call
    configuration.follow = { event, _ in events.append(event) }
    let kernel = try Kernel(configuration)
    let afterBoot = kernel.freePages
    _ = events.take()
    var run = Run(kernel: kernel, outcome: kernel.run(), afterBoot: afterBoot)
    var isInitLoaded = false
    for event in events.take() {
      switch event {
      case .exec: isInitLoaded = true
      case .pageAllocated where !isInitLoaded: run.callsBeforeInit += 1
      case .exit(_, 1, _, let status): run.statuses.append(status)
      case .outOfMemory: run.outOfMemory += 1
      default: break
      }
    }
    return run
  }
}

/// A program under a solution.
struct Subject: Sendable, CustomStringConvertible {
  var name: String
  var solution: any LabSolution
  var program: [UInt8]

  /// Whether this call of the program must fail. All calls must, but only some of hundreds of similar ones in
  /// the middle (`sbrk` of 2 MiB at once).
  func fails(at call: Int, of calls: Int) -> Bool { call <= 100 || call > calls - 60 || call % 32 == 0 }

  var description: String { "\(name) under \(type(of: solution))" }

  static let all: [Subject] = {
    let programs: [(String, GuestCode)] = [
      ("fork, exec and wait", forkExecWait), ("a pipe between parent and child", pipe),
      ("sbrk, touch, fork, shrink", sbrkAndTouch), ("sbrk past a page table's end", sbrkFar),
      ("system calls given new pages", newPages),
    ]
    let solutions: [any LabSolution] = [Starter(), Reference()]
    return programs.flatMap { name, code in
      solutions.map { Subject(name: name, solution: $0, program: code.elf) }
    }
  }()

  /// A disk with init, the program, a program that only exits, and the console.
  func disk() throws -> [UInt8] {
    var image = try FileSystemImage(
      blocks: 80, inodes: 16,
      files: [
        .init(path: "init", contents: Self.initProgram.elf), .init(path: "program", contents: program),
        .init(path: "leaf", contents: Self.leaf.elf),
      ])
    try image.makeDevice("console", major: 1, minor: 0)
    return image.bytes
  }
}

// The programs. Status 0: all went well; 1: a system call failed; 2: exec failed; 3: something unexpected
// happened.
extension Subject {
  private static let data = GuestCode.data

  private static let initProgram = {
    var code = GuestCode()
    code.place("program", at: data)
    code.place("console", at: data + 16)
    code.place([UInt8(truncatingIfNeeded: data), UInt8(truncatingIfNeeded: data >> 8)], at: data + 32)
    code.call(.fork)
    code.jump(to: "child", if: .a0, equals: .zero)
    code.label("reap")
    code.call(.wait, .number(0))
    code.jump(to: "done", if: .a0, isBelow: .zero)
    code.jump(to: "reap")
    code.label("done")
    code.call(.open, .number(data + 16), .number(2))
    code.call(.read, .number(0), .number(data + 64), .number(1))
    code.jump(to: "done")
    code.label("child")
    code.call(.exec, .number(data), .number(data + 32))
    code.exit(2)
    return code
  }()

  private static let leaf = {
    var code = GuestCode()
    code.exit(0)
    return code
  }()

  private static let forkExecWait = {
    var code = GuestCode()
    code.place("leaf", at: data)
    code.place([UInt8(truncatingIfNeeded: data), UInt8(truncatingIfNeeded: data >> 8)], at: data + 32)
    code.call(.fork)
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.jump(to: "child", if: .a0, equals: .zero)
    code.call(.wait, .number(data + 64))
    code.set(.t0, data + 64)
    code.load(.t0, .t0)
    code.call(.exit, .register(.t0))
    code.label("child")
    code.call(.exec, .number(data), .number(data + 32))
    code.exit(2)
    code.label("failed")
    code.exit(1)
    return code
  }()

  private static let pipe = {
    var code = GuestCode()
    code.call(.pipe, .number(data))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.set(.t0, data)
    code.load(.s0, .t0)
    code.load(.s1, .t0, 4)
    code.call(.fork)
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.jump(to: "child", if: .a0, equals: .zero)
    code.call(.close, .register(.s1))
    code.call(.read, .register(.s0), .number(data + 64), .number(4))
    code.add(.s2, .a0, -4)
    code.call(.wait, .number(0))
    code.call(.exit, .register(.s2))
    code.label("child")
    code.call(.write, .register(.s1), .number(data), .number(4))
    code.exit(0)
    code.label("failed")
    code.exit(1)
    return code
  }()

  /// Four pages, one store into each, a fork that copies them, and half of them given back.
  private static let sbrkAndTouch = {
    var code = GuestCode()
    code.call(.sbrk, .number(4 * 4096))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.add(.s0, .a0)
    code.set(.s1, 4096)
    for _ in 0..<4 {
      code.store(.s0, .a0)
      code.add(.a0, register: .s1)
    }
    code.call(.fork)
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.jump(to: "child", if: .a0, equals: .zero)
    code.call(.sbrk, .number(-2 * 4096))
    code.call(.wait, .number(0))
    code.store(.s0, .s0)
    code.exit(0)
    code.label("child")
    code.store(.s0, .s0)
    code.exit(0)
    code.label("failed")
    code.exit(1)
    return code
  }()

  /// Past 2 MiB, where `sbrk` (eager) or the first access (lazy) needs another page-table page.
  private static let sbrkFar = {
    var code = GuestCode()
    code.call(.sbrk, .number(2 << 20))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.set(.s1, (2 << 20) - 8)
    code.add(.s1, register: .a0)
    code.store(.s0, .s1)
    code.exit(0)
    code.label("failed")
    code.exit(1)
    return code
  }()

  /// Buffers in pages that are new from `sbrk`, for pipe, read, write and wait. Each buffer crosses into the
  /// next page.
  private static let newPages = {
    var code = GuestCode()
    code.call(.sbrk, .number(10 * 4096))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.add(.s0, .a0)
    code.set(.s1, 4092)
    code.add(.s1, register: .s0)
    code.call(.pipe, .register(.s1))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.load(.s2, .s1)
    code.load(.s3, .s1, 4)
    code.set(.t0, 8192)
    code.add(.s1, register: .t0)
    code.call(.write, .register(.s3), .register(.s1), .number(8))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.set(.t0, 8192)
    code.add(.s1, register: .t0)
    code.call(.close, .register(.s3))
    code.call(.read, .register(.s2), .register(.s1), .number(8))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.call(.fork)
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.jump(to: "child", if: .a0, equals: .zero)
    code.set(.t0, 8192)
    code.add(.s1, register: .t0)
    code.call(.wait, .register(.s1))
    code.jump(to: "failed", if: .a0, isBelow: .zero)
    code.exit(0)
    code.label("child")
    code.exit(0)
    code.label("failed")
    code.exit(1)
    return code
  }()
}

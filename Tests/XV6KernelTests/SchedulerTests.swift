import Foundation
import LabEvents
import LazySolutions
import Synchronization
import Testing

@testable import XV6Kernel

@Suite struct SchedulerTests {
  // MARK: The order

  @Test func processesTakeTurns() throws {
    let machine = try ProcessMachine(Reference())
    var order: [Int32] = []
    machine.run { (k) throws(KernelHalt) in
      for _ in 0..<3 {
        _ = try k.spawn { (k) throws(KernelHalt) in
          for _ in 0..<3 {
            order.append(k.myproc().pid)
            try k.yield()
          }
          return 0
        }
      }
      for _ in 0..<3 { _ = try k.wait(0) }
    }
    #expect(order == [3, 4, 5, 3, 4, 5, 3, 4, 5])
  }

  @Test func sleepersAreNotWokenByOthers() throws {
    let machine = try ProcessMachine(Reference())
    var woken: [String] = []
    machine.run { (k) throws(KernelHalt) in
      for (name, channel) in [("read", Channel.pipeRead(4096)), ("write", .pipeWrite(4096))] {
        _ = try k.spawn { (k) throws(KernelHalt) in
          try k.sleep(on: channel)
          woken.append(name)
          return 0
        }
      }
      try k.yield()
      k.wakeup(.pipeRead(8192))
      try k.yield()
      woken.append("-")
      k.wakeup(.pipeWrite(4096))
      _ = try k.wait(0)
      k.wakeup(.pipeRead(4096))
      _ = try k.wait(0)
    }
    #expect(woken == ["-", "write", "read"])
  }

  @Test(arguments: [
    ["forktest"], ["stressfs"], ["usertests", "sbrkarg"], ["usertests", "preempt"], ["usertests", "pipe1"],
  ])
  func theSameRunTwice(_ arguments: [String]) throws {
    func run() throws -> (KernelOutcome, String, UInt64, UInt64, [LabEvent]) {
      let log = EventLog()
      let run = try Machine.run(arguments) { $0.observe = { log.append($0) } }
      return (run.outcome, run.console, run.kernel.retired, run.kernel.mtime, log.take())
    }
    let first = try run()
    let second = try run()
    #expect(first.0 == .finished(status: 0))
    #expect((first.0, first.1, first.2, first.3) == (second.0, second.1, second.2, second.3))
    #expect(first.4 == second.4)
  }

  // MARK: The ends of a run

  @Test func theCommandsStatus() throws {
    #expect(try Machine.run(["nothing"]).outcome == .finished(status: 127))
    #expect(try Machine.run(["echo"]).outcome == .finished(status: 0))
  }

  @Test func everyoneSleeps() throws {
    let machine = try ProcessMachine(Reference())
    #expect(machine.run { (k) throws(KernelHalt) in try k.sleep(on: .pipeRead(0)) } == .deadlocked)
  }

  @Test func inputEnds() throws {
    let run = try Machine.run(["cat"]) { $0.consoleInput = Array("one\ntwo\n".utf8) }
    #expect(run.outcome == .idle)
    #expect(run.console.hasSuffix("one\none\ntwo\ntwo\n"))
  }

  @Test func aShellAndItsSource() throws {
    let lines = Mutex(["echo first\n", "", "echo second | cat\n"])
    let run = try Machine.run([]) {
      $0.consoleSource = { lines.withLock { $0.isEmpty ? nil : Array($0.removeFirst().utf8) } }
    }
    #expect(run.outcome == .idle)
    #expect(run.console.hasSuffix("$ echo first\nfirst\n$ echo second | cat\nsecond\n$ "))
  }

  @Test func theInstructionLimit() throws {
    for limit in [0, 1, 1000, 5000] as [UInt64] {
      let run = try Machine.run(["usertests"]) { $0.instructionLimit = limit }
      #expect(run.outcome == .instructionLimit)
      // The whole cost of a trap is charged at once; the count of instructions before it is exact.
      #expect(run.kernel.retired + run.kernel.trapCharges < limit + TRAPCOST)
    }
  }

  @Test func theConsoleLimit() throws {
    let run = try Machine.run(["echo", "0123456789"]) { $0.consoleLimit = 30 }
    #expect(run.outcome == .consoleLimit)
    #expect(run.console == "\nxv6 kernel is booting\n\n012345")
  }

  @Test func aPanicEndsEveryone() throws {
    let machine = try ProcessMachine(Reference())
    let outcome = machine.run { (k) throws(KernelHalt) in
      for _ in 0..<10 {
        _ = try k.spawn { (k) throws(KernelHalt) in
          try k.sleep(on: .console)
          return 0
        }
      }
      try k.yield()
      throw k.panic("a test")
    }
    #expect(outcome == .panicked("a test"))
    #expect(machine.lines().last == "panic: a test")
  }

  /// A solution that catches a panic does not make the machine go on.
  @Test func aPanicThatIsCaught() throws {
    let machine = try ProcessMachine(Reference())
    let outcome = machine.run { (k) throws(KernelHalt) in
      _ = k.panic("first")
      _ = k.panic("second")
      try k.yield()
      k.halt(.deadlocked)
    }
    #expect(outcome == .panicked("first"))
  }

  @Test(arguments: [
    [String](repeating: "x", count: 40), [String(repeating: "x", count: 5000)], ["a\0b"],
  ])
  func argumentsThatCannotBePassed(_ arguments: [String]) {
    #expect(throws: KernelError.arguments) { try Machine.run(arguments) }
  }

  @Test(arguments: [0, 4096, 1 << 20 + 1, 1 << 40] as [UInt64]) func impossibleMemory(_ size: UInt64) {
    #expect(throws: KernelError.memorySize(size)) { try Machine.run(["echo"]) { $0.memorySize = size } }
  }

  @Test func theLeastMemory() throws {
    let run = try Machine.run(["echo", "small"]) { $0.memorySize = 1 << 20 }
    #expect(run.outcome == .finished(status: 0))
  }

  // MARK: Host threads

  #if os(Linux)
    /// Threads of the test's own process.
    private func threads() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }

    /// Machines that end in every way: finished, deadlocked with many asleep, panicked, stopped by a limit,
    /// never run.
    @Test func noThreadOutlivesItsMachine() throws {
      weak var last: Kernel?
      func round() throws {
        _ = try Machine.run(["echo"])
        _ = try Machine.run(["usertests", "forkfork"]) { $0.instructionLimit = 9000 }
        let many = try ProcessMachine(Reference())
        let outcome = many.run { (k) throws(KernelHalt) in
          for _ in 0..<20 {
            _ = try k.spawn { (k) throws(KernelHalt) in
              try k.sleep(on: .console)
              return 0
            }
          }
          try k.sleep(on: .console)
        }
        #expect(outcome == .idle)
        last = many.kernel
        _ = try CodeMachine([0]).kernel.run()
        _ = try CodeMachine([0])
      }
      try round()
      let before = try threads()
      for _ in 0..<20 { try round() }
      // Other tests run at the same time and have machines of their own. A leak here would be thousands of
      // threads.
      #expect(try threads() < before + 200)
      #expect(last == nil, "a machine that has ended is freed")
    }
  #endif
}

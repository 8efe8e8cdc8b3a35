import LabEvents
import LazySolutions
import Testing

@testable import XV6Kernel

/// What `usertrap` does for each trap. The first process runs the code, so its end is the panic "init
/// exiting".
@Suite struct TrapTests {
  private let a0: UInt32 = 10
  private let t0: UInt32 = 5

  @Test(arguments: Sample.allCases) func aLoadFromNowhere(_ sample: Sample) throws {
    let machine = try CodeMachine([Code.nothing, Code.lui(t0, 0x5), Code.ld(a0, t0)], sample.solution)
    #expect(machine.kernel.run() == .panicked("init exiting"))
    let last = ["panic: init exiting"]
    let lines = [
      "usertrap(): unexpected scause 0x000000000000000d pid=1",
      "            sepc=0x0000000000000008 stval=0x0000000000005000",
    ]
    #expect(machine.lines == (sample == .walkaddr ? last : lines + last))
    let events = machine.events()
    let told = events.compactMap { if case .pageFault(let fault) = $0 { fault } else { nil } }
    let fault = try #require(told.first)
    #expect(fault.pid == 1 && fault.program == "initcode" && fault.scause == 13 && fault.stval == 0x5000)
    #expect(fault.sepc == 8 && fault.stackPointer == 4096 && fault.size == 4096)
    #expect(fault.walk.result == .fault(.invalid(level: 0)))
    #expect(fault.walk.steps.map(\.index) == [0, 0, 5])
    #expect(
      events.contains(
        .killed(pid: 1, program: "initcode", reason: .trap(scause: 13, stval: 0x5000, sepc: 8))))
  }

  @Test func causes() throws {
    let cases: [(code: [UInt32], scause: Int, sepc: Int, stval: Int)] = [
      ([Code.lui(t0, 0x5), Code.sd(a0, t0)], 15, 4, 0x5000),
      ([Code.lui(t0, 0x5), Code.jalr(t0)], 12, 0x5000, 0x5000),
      ([Code.addi(t0, 0, -8), Code.ld(a0, t0)], 13, 4, -8),
      ([Code.nothing, 0x3020_0073], 2, 4, 0x3020_0073),
      ([0x0010_0073], 3, 0, 0),
    ]
    for (code, scause, sepc, stval) in cases {
      let machine = try CodeMachine(code)
      #expect(machine.kernel.run() == .panicked("init exiting"))
      func p(_ value: Int) -> String { machine.kernel.format(p: UInt64(bitPattern: Int64(value))) }
      #expect(
        machine.lines == [
          "usertrap(): unexpected scause \(p(scause)) pid=1", "            sepc=\(p(sepc)) stval=\(p(stval))",
          "panic: init exiting",
        ])
    }
  }

  /// The same instruction runs again, and its page is mapped now.
  @Test(arguments: Sample.lazy) func aFaultThatTheSolutionHandles(_ sample: Sample) throws {
    let code =
      [Code.addi(a0, 0, 0x7ff), Code.addi(a0, a0, 0x7ff), Code.addi(a0, a0, 2)] + Code.call(.sbrk) + [
        Code.lui(t0, 0x1), Code.addi(t0, t0, 16), Code.addi(6, 0, 77), Code.sd(6, t0), Code.ld(a0, t0),
      ] + Code.call(.sleep)
    let machine = try CodeMachine(code, sample.solution)
    _ = machine.kernel.run()
    let events = machine.events()
    #expect(events.count { if case .pageFault = $0 { true } else { false } } == 1)
    #expect(events.contains(.sbrk(pid: 1, increment: 4096, result: 4096, size: 8192)))
    // The number 77 of sleep(77) was read back from memory.
    #expect(machine.kernel.ticks == 77)
  }

  @Test func anUnknownSystemCall() throws {
    for number in [0, 22, 99, -1] as [Int32] {
      let machine = try CodeMachine([Code.addi(17, 0, number), Code.ecall] + Code.call(.exit))
      #expect(machine.kernel.run() == .panicked("init exiting"))
      #expect(machine.lines == ["1 initcode: unknown sys call \(number)", "panic: init exiting"])
      #expect(machine.kernel.procs[0].trapframe.a0 == .max)
    }
  }

  @Test func systemCallNumbers() {
    #expect(
      Syscall.allCases.map { "\($0)" } == [
        "fork", "exit", "wait", "pipe", "read", "kill", "exec", "fstat", "chdir", "dup", "getpid", "sbrk",
        "sleep",
        "uptime", "open", "write", "mknod", "unlink", "link", "mkdir", "close",
      ])
    #expect(Syscall.allCases.map(\.rawValue) == Array(1...21))
  }

  /// A process that only computes is interrupted exactly at each tick.
  @Test func theTimerInterrupts() throws {
    let machine = try CodeMachine([Code.loop]) { $0.instructionLimit = 1_000_000 }
    #expect(machine.kernel.run() == .instructionLimit)
    #expect(machine.kernel.ticks == 9)
    #expect(machine.kernel.mtime == 1_000_000)
    #expect(machine.kernel.retired == 1_000_000 - 9 * TRAPCOST)
  }

  /// So is a process that only makes system calls.
  @Test func systemCallsTakeTime() throws {
    let machine = try CodeMachine(Code.call(.getpid) + [Code.jal(-8)]) { $0.instructionLimit = 1_050_000 }
    #expect(machine.kernel.run() == .instructionLimit)
    #expect(machine.kernel.ticks == 10)
    #expect(machine.kernel.retired < 50_000)
  }

  @Test func registersSurviveTheKernel() throws {
    // x1 ... x31, except a0 and a7, keep their number across 1000 system calls and the ticks between them.
    let set = (1...31).map { Code.addi($0, 0, Int32($0)) }
    let machine = try CodeMachine(set + Code.call(.getpid) + [Code.jal(-4)]) { $0.instructionLimit = 3000 }
    _ = machine.kernel.run()
    let frame = machine.kernel.procs[0].trapframe
    #expect((1...31).allSatisfy { frame[register: $0] == ($0 == 10 ? 1 : $0 == 17 ? 11 : UInt64($0)) })
  }
}

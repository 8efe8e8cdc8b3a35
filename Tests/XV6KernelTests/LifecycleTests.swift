import LabEvents
import LazySolutions
import Testing

@testable import XV6Kernel

/// fork, exit, wait, kill, getpid, sleep, uptime: each system call's success and each way for it to fail.
@Suite struct LifecycleTests {
  private func child(of machine: ProcessMachine, _ pid: Int) throws -> Proc {
    try #require(machine.kernel.procs.first { $0.pid == Int32(pid) })
  }

  // MARK: fork

  @Test(arguments: Sample.allCases) func forkCopiesTheProcess(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    #expect(try machine.poke(Array("shared text".utf8), at: 5000))
    for n in 1...31 { machine.p.trapframe[register: n] = UInt64(n) * 1001 }
    machine.p.trapframe.epc = 0x1234
    machine.p.setName("parent".utf8)
    _ = machine.events()
    let pid = try machine.call(Kernel.sys_fork)
    #expect(pid == 3)
    let child = try child(of: machine, pid)
    #expect(child.state == .runnable && child.parent == machine.p.slot)
    #expect(child.sz == machine.p.sz && child.name == "parent" && child.cwd === machine.p.cwd)
    #expect(child.trapframe.a0 == 0 && child.trapframe.epc == 0x1234)
    #expect((1...31).allSatisfy { $0 == 10 || child.trapframe[register: $0] == UInt64($0) * 1001 })
    #expect(machine.events() == [.fork(parent: 2, child: 3)])

    #expect(try machine.poke(Array("changed".utf8), at: 5000))
    machine.kernel.current = child
    var text = [UInt8](repeating: 0, count: 11)
    #expect(
      try text.withUnsafeMutableBytes { try machine.kernel.copyin(child.pagetable, into: $0, from: 5000) })
    #expect(text == Array("shared text".utf8))
  }

  @Test func forkFailsWhenTheTableIsFull() throws {
    let machine = try ProcessMachine(Reference())
    for _ in 2..<NPROC { #expect(try machine.call(Kernel.sys_fork) > 0) }
    let free = machine.kernel.freePages
    #expect(try machine.call(Kernel.sys_fork) == -1)
    #expect(machine.kernel.freePages == free)
  }

  /// A child takes a trapframe, three pages of table for the top, two for the bottom, and four of memory.
  @Test(arguments: Sample.allCases, 0...10) func forkWithoutMemoryLosesNothing(_ sample: Sample, _ free: Int)
    throws
  {
    let machine = try ProcessMachine(sample.solution)
    try machine.leave(free: free)
    #expect(try machine.call(Kernel.sys_fork) == (free == 10 ? 3 : -1))
    #expect(machine.kernel.freePages == (free == 10 ? 0 : free))
    #expect(machine.kernel.procs.count { $0.state != .unused } == (free == 10 ? 3 : 2))
  }

  // MARK: exit

  @Test func exitLeavesAZombie() throws {
    let machine = try ProcessMachine(Reference())
    let orphan = try child(of: machine, machine.call(Kernel.sys_fork))
    machine.p.setName("prog".utf8)
    _ = machine.events()
    #expect(throws: KernelHalt.exited) { _ = try machine.call(Kernel.sys_exit, 7) }
    #expect(machine.p.state == .zombie && machine.p.xstate == 7 && machine.p.cwd == nil)
    #expect(orphan.parent == 0)
    #expect(machine.events() == [.exit(pid: 2, parent: 1, program: "prog", status: 7)])
  }

  @Test func initMustNotExit() throws {
    let machine = try ProcessMachine(Reference())
    machine.kernel.current = machine.kernel.procs[0]
    machine.expectPanic("init exiting") { try machine.kernel.exit(0) }
  }

  // MARK: wait

  @Test func waitWithoutChildren() throws {
    #expect(try ProcessMachine(Reference()).call(Kernel.sys_wait, 0) == -1)
  }

  @Test(arguments: Sample.allCases, [0, 4000]) func waitTakesAZombie(_ sample: Sample, _ address: UInt64)
    throws
  {
    let machine = try ProcessMachine(sample.solution)
    let free = machine.kernel.freePages
    let zombie = try child(of: machine, machine.call(Kernel.sys_fork))
    zombie.state = .zombie
    zombie.xstate = -2
    #expect(try machine.call(Kernel.sys_wait, address) == 3)
    #expect(zombie.state == .unused && zombie.pid == 0)
    #expect(machine.kernel.freePages == free)
    if address != 0 { #expect(try machine.peek(4, at: 4000) == [0xfe, 0xff, 0xff, 0xff]) }
  }

  @Test(arguments: Sample.allCases) func waitWithNowhereToPutTheStatus(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let zombie = try child(of: machine, machine.call(Kernel.sys_fork))
    zombie.state = .zombie
    #expect(try machine.call(Kernel.sys_wait, 1 << 40) == -1)
    #expect(zombie.state == .zombie, "it can still be waited for")
    #expect(try machine.call(Kernel.sys_wait, 0) == 3)
  }

  @Test func waitBlocksUntilAChildExits() throws {
    let machine = try ProcessMachine(Reference())
    var statuses: [Int32] = []
    var order: [String] = []
    machine.run { (k) throws(KernelHalt) in
      for status in 1...3 as ClosedRange<Int32> {
        _ = try k.spawn { (k) throws(KernelHalt) in
          try k.yield()
          order.append("child")
          return status
        }
      }
      for _ in 0..<3 {
        order.append("wait")
        let pid = try k.wait(100)
        var status: Int32 = 0
        _ = try withUnsafeMutableBytes(of: &status) { (bytes) throws(KernelHalt) in
          try k.copyin(k.myproc().pagetable, into: bytes, from: 100)
        }
        statuses += [pid ?? -1, status]
      }
    }
    #expect(statuses == [3, 1, 4, 2, 5, 3])
    #expect(order.first == "wait")
  }

  @Test func waitEndsWhenTheProcessIsKilled() throws {
    let machine = try ProcessMachine(Reference())
    var answer: Int32? = 0
    machine.run { (k) throws(KernelHalt) in
      let parent = k.myproc().pid
      _ = try k.spawn { (k) throws(KernelHalt) in
        _ = k.kill(parent)
        try k.yield()
        try k.sleep(on: .console)
        return 0
      }
      answer = try k.wait(0)
    }
    #expect(answer == nil)
  }

  @Test func orphansGoToInit() throws {
    let machine = try ProcessMachine(Reference())
    let outcome = machine.run { (k) throws(KernelHalt) in
      _ = try k.spawn { (k) throws(KernelHalt) in
        _ = try k.spawn { (k) throws(KernelHalt) in
          for _ in 0..<5 { try k.yield() }
          return 0
        }
        return 0
      }
      _ = try k.wait(0)
      for _ in 0..<20 { try k.yield() }
    }
    #expect(outcome == .stopped)
    #expect(machine.kernel.procs.count { $0.state != .unused } == 2, "init has waited for the orphan")
  }

  // MARK: kill, getpid, sleep, uptime

  @Test func killMarksAndWakes() throws {
    let machine = try ProcessMachine(Reference())
    let pid = try machine.call(Kernel.sys_fork)
    let victim = try child(of: machine, pid)
    victim.state = .sleeping
    victim.channel = .console
    _ = machine.events()
    #expect(try machine.call(Kernel.sys_kill, UInt64(pid)) == 0)
    #expect(victim.killed && victim.state == .runnable)
    #expect(machine.events() == [.killed(pid: 3, program: "", reason: .signal(by: 2))])
    #expect(try machine.call(Kernel.sys_kill, 99) == -1)
    #expect(try machine.call(Kernel.sys_kill, .max) == -1)
  }

  /// An empty place of the table has pid 0, and xv6 does not check that.
  @Test func killingPidZeroKillsTheNextChild() throws {
    let machine = try ProcessMachine(Reference())
    #expect(try machine.call(Kernel.sys_kill, 0) == 0)
    #expect(try child(of: machine, machine.call(Kernel.sys_fork)).killed)
  }

  @Test func getpidAndUptime() throws {
    let machine = try ProcessMachine(Reference())
    #expect(try machine.call(Kernel.sys_getpid) == 2)
    #expect(try machine.call(Kernel.sys_uptime) == 0)
    machine.kernel.skipTicks(5)
    #expect(try machine.call(Kernel.sys_uptime) == 5)
  }

  @Test(arguments: [0, 1, 7, 1_000_000_000]) func sleepWaitsForTicks(_ n: UInt64) throws {
    let machine = try ProcessMachine(Reference())
    var answer: UInt64 = 99
    machine.run { (k) throws(KernelHalt) in
      k.myproc().trapframe.a0 = n
      answer = try k.sys_sleep()
    }
    #expect(answer == 0)
    #expect(machine.kernel.ticks == UInt32(n))
    #expect(machine.kernel.mtime == n * TICKINTERVAL)
  }

  @Test func sleepersWakeInTheirOrder() throws {
    let machine = try ProcessMachine(Reference())
    var woken: [UInt64] = []
    machine.run { (k) throws(KernelHalt) in
      for ticks in [30, 10, 20] as [UInt64] {
        _ = try k.spawn { (k) throws(KernelHalt) in
          k.myproc().trapframe.a0 = ticks
          _ = try k.sys_sleep()
          woken.append(ticks)
          return 0
        }
      }
      for _ in 0..<3 { _ = try k.wait(0) }
    }
    #expect(woken == [10, 20, 30])
    #expect(machine.kernel.ticks == 30)
  }

  @Test func sleepEndsWhenTheProcessIsKilled() throws {
    let machine = try ProcessMachine(Reference())
    var answer: UInt64 = 0
    machine.run { (k) throws(KernelHalt) in
      let parent = k.myproc().pid
      _ = try k.spawn { (k) throws(KernelHalt) in
        _ = k.kill(parent)
        return 0
      }
      k.myproc().trapframe.a0 = 1000
      answer = try k.sys_sleep()
    }
    #expect(answer == .max)
    #expect(machine.kernel.ticks < 1000)
  }
}

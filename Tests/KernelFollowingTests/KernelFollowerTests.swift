import LabEvents
import LabPrograms
import ObjectFile
import RV64
import Testing
import VirtBoard

@testable import KernelFollowing

/// What a follower learns about a real kernel. The kernel is `labs/guests/follow.c`, which does the same few
/// things in each run.
@Suite struct KernelFollowerTests {
  /// Every event since the first system call.
  private func events(_ bytes: [UInt8], harts: Int = 1) throws -> [LabEvent] {
    let elf = try ELF(parsing: bytes)
    var configuration = BoardConfiguration()
    configuration.harts = harts
    configuration.memorySize = 2 << 20
    configuration.instructionLimit = 4_000_000
    let board = try Board(kernel: elf, configuration)
    var events: [LabEvent] = []
    var last: UInt64 = 0
    let follower = KernelFollower(board, KernelMap(elf)) { event, retired in
      #expect(retired >= last)
      last = retired
      events.append(event)
    }
    board.onConsoleOutput = { bytes in
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        follower.hear(line: String(line))
      }
    }
    #expect(board.run() == .poweredOff(status: 0))
    withExtendedLifetime(follower) {}
    return Array(
      try events[#require(events.firstIndex { if case .systemCall = $0 { true } else { false } })...])
  }

  private func describe(_ event: LabEvent) -> String? {
    switch event {
    case .systemCall(let pid, let name, let arguments): "\(pid): \(name)(\(Int64(bitPattern: arguments.a0)))"
    case .systemCallReturned(let pid, let name, let result): "\(pid): \(name) = \(Int64(bitPattern: result))"
    case .pageFault(let fault):
      "\(fault.pid): \(fault.program) faults at \(fault.stval), cause \(fault.scause), size \(fault.size), "
        + "\(fault.walk.steps.count) entries"
    case .faultServed(let pid, let address, let entry): "\(pid): served \(address) \(entry.flags)"
    case .sbrk(let pid, let increment, let result, let size):
      "\(pid): sbrk by \(increment) from \(result) to \(size)"
    case .copyRefused(let pid, let direction, let walk): "\(pid): \(direction) refused at \(walk.va)"
    case .userCopy(let pid, let direction, let address, let count, let succeeded):
      "\(pid): \(direction) \(count) at \(address) \(succeeded)"
    case .fork(let parent, let child): "\(parent): forked \(child)"
    case .exec(let pid, let path, let size): "\(pid): runs \(path), size \(size)"
    case .exit(let pid, let parent, let program, let status):
      "\(pid): \(program) of \(parent) exits \(status)"
    case .killed(let pid, _, .signal(let by)): "\(pid): killed by \(by)"
    case .killed(let pid, _, .trap(let scause, let stval, _)): "\(pid): killed for \(scause) at \(stval)"
    case .outOfMemory(let pid): "\(pid): no memory"
    case .pageMapped(_, let address, let entry): "mapped \(address) \(entry.flags)"
    case .pageFilled(_, let byte): "filled with \(byte)"
    case .pageCopied: "copied"
    case .panic(let text, let pid, _, let activity, _): "\(pid): panic \(text), \(activity)"
    case .consoleLine(let line): "says \(line)"
    case .pageAllocated, .pageFreed: nil
    default: "\(event)"
    }
  }

  @Test(arguments: [1, 3]) func `every step is told, in order`(harts: Int) throws {
    let events = try events(#require(LabPrograms.guest("follow")), harts: harts)
    #expect(
      events.compactMap(describe) == [
        "1: exec(0)", "1: runs /prog, size 8192", "1: exec = 1",
        "1: sbrk(8192)", "1: sbrk by 8192 from 8192 to 16384", "1: sbrk = 8192",
        "1: /prog faults at 8200, cause 15, size 16384, 3 entries",
        "filled with 0", "mapped 8192 VRWXU---", "1: served 8200 VRWXU---",
        "1: pipe(8192)", "1: copyout 4 at 8192 true", "1: pipe = 0",
        "1: pipe(12288)", "1: copyout refused at 12288", "1: copyout 4 at 12288 false", "1: pipe = -1",
        "1: sleep(-1)", "1: no memory", "1: sleep = 0",
        "1: fork(0)", "filled with 0", "copied", "filled with 0", "filled with 0", "mapped 0 VRWXU---",
        "copied", "mapped 4096 VRWXU---", "1: forked 2", "1: fork = 2",
        "1: wait(2)", "2: /prog faults at 1048576, cause 13, size 16384, 3 entries",
        "2: killed for 13 at 1048576",
        "2: /prog of 1 exits -1", "1: wait = 0",
        "1: kill(2)", "2: killed by 1", "1: kill = 0",
        "1: sbrk(-4096)", "1: panic uvmunmap: not mapped, systemCall(\"sbrk\")",
        "says panic: uvmunmap: not mapped",
      ])
  }

  @Test func `the kernel's file tells where everything is`() throws {
    let elf = try ELF(parsing: #require(LabPrograms.guest("follow")))
    let map = KernelMap(elf)
    for function in KernelMap.Function.allCases where function != .copyin && function != .copyinstr {
      #expect(map.points.values.contains(.entry(function)), "\(function)")
    }
    #expect(map.gap == nil)
    let layout = try #require(map.processes)
    #expect(layout.table == elf.symbol(named: "proc")?.address)
    #expect(layout.cpus == elf.symbol(named: "cpus")?.address)
    #expect(layout.count == 4 && layout.stride == 328)
    #expect(layout.pid == .init(offset: 28, size: 4))
    #expect(layout.sz == .init(offset: 40, size: 8))
    #expect(layout.pagetable == .init(offset: 48, size: 8))
    #expect(layout.cpuProcess == 8 && layout.cpuStride == 16)
    #expect(map.freelist == elf.symbol(named: "kmem").map { $0.address + 16 })
  }

  @Test func `pages are counted`() throws {
    var owned: Set<UInt64> = []
    var counts: [Int] = []
    for event in try events(#require(LabPrograms.guest("follow"))) {
      switch event {
      case .pageAllocated(let page, let free):
        #expect(owned.insert(page).inserted)
        counts.append(free + owned.count)
      case .pageFreed(let page, let free):
        #expect(owned.remove(page) != nil)
        counts.append(free + owned.count)
      default: break
      }
    }
    #expect(Set(counts).count == 1, "what is free and what is not is always the same together")
    #expect(owned.count == 1 + 1 + 2 + 2, "a page of heap; a root, two tables and two pages of the child")
  }

  @Test func `a panic names who called it`() throws {
    let events = try events(#require(LabPrograms.guest("follow")))
    let callers = try #require(
      events.lazy.compactMap { if case .panic(_, _, _, _, let callers) = $0 { callers } else { nil } }.first)
    #expect(
      callers.map(\.function) == ["uvmunmap", "uvmdealloc", "growproc", "sys_sbrk", "syscall", "usertrap"])
    for place in callers {
      #expect(place.file?.hasSuffix("follow.c") == true)
      #expect((place.line ?? 0) > 100)
    }
  }

  /// A stripped kernel: the machine itself shows traps, system calls and what the console prints.
  @Test func `without symbols, what the machine shows is told`() throws {
    var kernel = try #require(LabPrograms.guest("follow"))
    // e_shoff; e_shentsize, e_shnum, e_shstrndx
    kernel.replaceSubrange(40..<48, with: repeatElement(0, count: 8))
    kernel.replaceSubrange(58..<64, with: repeatElement(0, count: 6))
    let events = try events(kernel)
    #expect(
      events.compactMap(describe) == [
        "0: exec(0)", "0: exec = 1", "0: sbrk(8192)", "0: sbrk = 8192",
        "0:  faults at 8200, cause 15, size 16384, 3 entries", "0: served 8200 VRWXU---",
        "0: pipe(8192)", "0: pipe = 0", "0: pipe(12288)", "0: pipe = -1", "0: sleep(-1)", "0: sleep = 0",
        "0: fork(0)", "0: fork = 2", "0: wait(2)",
        "0:  faults at 1048576, cause 13, size 8192, 3 entries", "0: wait = 0",
        "0: kill(2)", "0: kill = 0", "0: sbrk(-4096)", "says panic: uvmunmap: not mapped",
        "0: panic uvmunmap: not mapped, systemCall(\"sbrk\")",
      ])
  }

  /// The memory that should hold the processes may contain anything.
  @Test(arguments: 1...8) func `a kernel that scribbles over its processes is followed`(seed: UInt64) throws {
    let elf = try ELF(parsing: #require(LabPrograms.guest("follow")))
    var configuration = BoardConfiguration()
    configuration.memorySize = 2 << 20
    configuration.instructionLimit = 1_000_000
    let board = try Board(kernel: elf, configuration)
    var count = 0
    let follower = KernelFollower(board, KernelMap(elf)) { _, _ in count += 1 }
    var random = seed
    for _ in 0..<20 {
      _ = board.run(until: board.retired + 40_000)
      for name in ["proc", "cpus", "kmem"] {
        guard let symbol = elf.symbol(named: name) else { continue }
        for offset in stride(from: 0, to: symbol.size, by: 8) {
          random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          if random >> 60 == 0 { board.memory.store64(symbol.address + offset, random) }
        }
      }
    }
    withExtendedLifetime(follower) {}
    #expect(count > 0)
  }
}

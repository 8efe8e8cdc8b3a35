import LabEvents
import LazySolutions
import Sv39MMU
import Synchronization
import Testing

@testable import XV6Kernel

/// What observers see who follow the kernel step by step.
@Suite struct DetailTests {
  private func details(_ code: [UInt32], _ solution: any LabSolution) throws -> [LabEvent] {
    let log = EventLog()
    let machine = try CodeMachine(code, solution) { $0.follow = { event, _ in log.append(event) } }
    _ = log.take()
    #expect(machine.kernel.run() == .panicked("init exiting"))
    return log.take()
  }

  /// `sbrk` of a page, and a store to it: the call, the fault, the page zeroed and mapped, and back to the
  /// program.
  @Test func aLazyPage() throws {
    let store = [Code.lui(5, 0x1), Code.sd(0, 5)]
    let grow = [Code.lui(10, 0x1)] + Code.call(.sbrk)
    let events = try details(grow + store + Code.call(.exit), Reference())
    let calls = events.compactMap { event -> String? in
      switch event {
      case .systemCall(1, let name, let arguments): "\(name)(\(arguments.a0))"
      case .systemCallReturned(1, let name, let result): "\(name) = \(result)"
      case .pageFault(let fault): "fault at \(fault.stval), \(fault.walk.steps.count) entries"
      case .pageFilled(_, 0): "zeroed"
      case .pageMapped(_, let address, let entry): "mapped \(address) \(entry.flags)"
      case .faultServed(1, let address, let entry): "served \(address) \(entry.flags)"
      default: nil
      }
    }
    #expect(
      calls == [
        "sbrk(4096)", "sbrk = 4096", "fault at 4096, 3 entries", "zeroed", "mapped 4096 VRWXU---",
        "served 4096 VRWXU---", "exit(4096)",
      ])
  }

  /// The count of instructions comes with each event, and what the program did is counted once.
  @Test func theInstructionsSoFar() throws {
    let times = Mutex<[UInt64]>([])
    let machine = try CodeMachine([Code.nothing, Code.nothing] + Code.call(.getpid) + Code.call(.exit)) {
      $0.follow = { event, retired in if case .systemCall = event { times.withLock { $0.append(retired) } } }
    }
    _ = machine.kernel.run()
    #expect(times.withLock { $0 } == [3, 4], "ecall traps, and does not retire")
  }

  @Test func aPanicNamesItsPlace() throws {
    let log = EventLog()
    let grow = [Code.lui(10, 0x1)] + Code.call(.sbrk)
    let machine = try CodeMachine(grow + [Code.lui(10, 0xfffff)] + Code.call(.sbrk), LazyGrowth()) {
      $0.observe = { log.append($0) }
    }
    #expect(machine.kernel.run() == .panicked("uvmunmap: not mapped"))
    let callers = log.take().compactMap {
      if case .panic(_, _, _, _, let callers) = $0 { callers } else { nil }
    }
    #expect(callers.first?.first?.function == "uvmunmap")
    #expect(callers.first?.first?.file?.hasSuffix("EagerXV6.swift") == true)
  }

  /// Only the lab's first step: `sbrk` only moves the break.
  private struct LazyGrowth: LabSolution {
    func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
      let p = k.myproc()
      let old = p.sz
      p.sz = n >= 0 ? old + UInt64(n) : try k.uvmdealloc(p.pagetable, old, old - UInt64(n.magnitude))
      return old
    }
  }
}

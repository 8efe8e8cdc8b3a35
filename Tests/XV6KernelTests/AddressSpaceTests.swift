import LazySolutions
import Testing

@testable import XV6Kernel

/// `uvmunmap` and `uvmcopy` under each solution. The process has four pages.
@Suite struct AddressSpaceTests {
  /// Pages 0 and 2 are mapped, 1 and 3 are not. Nothing is mapped from 4 on, and from 2 MiB on there is no
  /// page table.
  private func withHoles(_ sample: Sample) throws -> ProcessMachine {
    let machine = try ProcessMachine(sample.solution)
    for page in [1, 3] as [UInt64] {
      let entry = try #require(try machine.kernel.walk(machine.p.pagetable, page * PGSIZE, alloc: false))
      try machine.kernel.kfree(PTE2PA(machine.kernel.loadPTE(entry)))
      machine.kernel.storePTE(entry, 0)
    }
    return machine
  }

  @Test(arguments: Sample.allCases) func unmappingWhatIsThere(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let free = machine.kernel.freePages
    try machine.kernel.uvmunmap(machine.p.pagetable, PGSIZE, 2, free: true)
    #expect(machine.kernel.freePages == free + 2)
    try machine.kernel.uvmunmap(machine.p.pagetable, 3 * PGSIZE, 1, free: false)
    #expect(machine.kernel.freePages == free + 2)
    for page in 0..<4 as Range<UInt64> { #expect(try machine.isMapped(page * PGSIZE) == (page == 0)) }
  }

  @Test(arguments: Sample.allCases) func unmappingHoles(_ sample: Sample) throws {
    let machine = try withHoles(sample)
    let free = machine.kernel.freePages
    let unmap = { try machine.kernel.uvmunmap(machine.p.pagetable, 0, 4, free: true) }
    if sample == .starter {
      machine.expectPanic("uvmunmap: not mapped", unmap)
    } else {
      try unmap()
      #expect(machine.kernel.freePages == free + 2)
    }
  }

  @Test(arguments: Sample.allCases) func unmappingWithoutAPageTable(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let unmap = { try machine.kernel.uvmunmap(machine.p.pagetable, 2 << 20, 1 << 18, free: true) }
    if sample == .starter { machine.expectPanic("uvmunmap: walk", unmap) } else { try unmap() }
  }

  @Test(arguments: Sample.allCases) func unmappingNonsensePanics(_ sample: Sample) throws {
    let unaligned = try ProcessMachine(sample.solution)
    unaligned.expectPanic("uvmunmap: not aligned") {
      try unaligned.kernel.uvmunmap(unaligned.p.pagetable, 1, 1, free: false)
    }
    let noLeaf = try ProcessMachine(sample.solution)
    let entry = try #require(try noLeaf.kernel.walk(noLeaf.p.pagetable, 0, alloc: false))
    noLeaf.kernel.storePTE(entry, PTE_V)
    noLeaf.expectPanic("uvmunmap: not a leaf") {
      try noLeaf.kernel.uvmunmap(noLeaf.p.pagetable, 0, 1, free: false)
    }
    let beyond = try ProcessMachine(sample.solution)
    beyond.expectPanic("walk") {
      try beyond.kernel.uvmunmap(beyond.p.pagetable, TRAMPOLINE, 2, free: false)
    }
  }

  @Test(arguments: Sample.allCases) func copying(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let k = machine.kernel
    #expect(try machine.poke(pattern, at: 100))
    try k.uvmclear(machine.p.pagetable, 2 * PGSIZE)
    let child = try #require(try k.uvmcreate())
    #expect(try k.uvmcopy(from: machine.p.pagetable, to: child, 4 * PGSIZE - 10))
    for page in 0..<4 as Range<UInt64> {
      let entry = try #require(try k.walk(child, page * PGSIZE, alloc: false))
      let pte = k.loadPTE(entry)
      #expect(try PTE_FLAGS(pte) == PTE_FLAGS(machine.pte(page * PGSIZE)))
      #expect(try PTE2PA(pte) != PTE2PA(machine.pte(page * PGSIZE)))
    }
    var copy = [UInt8](repeating: 0, count: pattern.count)
    #expect(try copy.withUnsafeMutableBytes { try k.copyin(child, into: $0, from: 100) })
    #expect(copy == pattern)
  }

  private var pattern: [UInt8] { (0..<6000).map { UInt8(truncatingIfNeeded: $0 &* 7) } }

  @Test(arguments: Sample.allCases) func copyingHoles(_ sample: Sample) throws {
    let machine = try withHoles(sample)
    let k = machine.kernel
    let child = try #require(try k.uvmcreate())
    let copy = { try k.uvmcopy(from: machine.p.pagetable, to: child, 1 << 30) }
    if sample == .starter {
      machine.expectPanic("uvmcopy: page not present") { _ = try copy() }
      return
    }
    let free = k.freePages
    #expect(try copy())
    #expect(free - k.freePages == 4, "two pages, and two of page table")
    for page in 0..<4 as Range<UInt64> {
      let entry = try #require(try k.walk(child, page * PGSIZE, alloc: false))
      #expect((k.loadPTE(entry) & PTE_V != 0) == (page % 2 == 0))
    }
  }

  @Test func copyingWithoutAPageTablePanicsInTheStarter() throws {
    let machine = try ProcessMachine(Starter(), memory: 8 << 20, size: 0)
    let child = try #require(try machine.kernel.uvmcreate())
    machine.expectPanic("uvmcopy: pte should exist") {
      _ = try machine.kernel.uvmcopy(from: machine.p.pagetable, to: child, PGSIZE)
    }
  }

  /// For every number of free pages that is too small, it returns false, and the child keeps only page-table
  /// pages.
  @Test(arguments: Sample.allCases, 0...6) func copyingWithoutMemoryLosesNothing(
    _ sample: Sample, _ free: Int
  ) throws {
    let machine = try ProcessMachine(sample.solution)
    let k = machine.kernel
    let child = try #require(try k.uvmcreate())
    try machine.leave(free: free)
    #expect(try k.uvmcopy(from: machine.p.pagetable, to: child, 4 * PGSIZE) == (free == 6))
    if free == 6 {
      try k.uvmfree(child, 4 * PGSIZE)
    } else {
      try k.freewalk(child)
    }
    #expect(k.freePages == free + 1)
  }
}

/// `walkaddr`, `copyin`, `copyout` and `copyinstr` under each solution. The process has four pages that are
/// mapped and four more that are not. Its stack pointer is at the border.
@Suite struct UserCopyTests {
  private func grown(_ sample: Sample) throws -> ProcessMachine {
    let machine = try ProcessMachine(sample.solution)
    machine.p.sz = 8 * PGSIZE
    _ = machine.events()
    return machine
  }

  private let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 3 &+ 1) }

  @Test(arguments: Sample.allCases) func whatIsThere(_ sample: Sample) throws {
    let machine = try grown(sample)
    #expect(try machine.poke(bytes, at: 3000))
    #expect(try machine.peek(5000, at: 3000) == bytes)
    #expect(try machine.poke([], at: .max))
    #expect(
      machine.events() == [
        .userCopy(pid: 2, direction: .copyout, address: 3000, count: 5000, succeeded: true),
        .userCopy(pid: 2, direction: .copyin, address: 3000, count: 5000, succeeded: true),
        .userCopy(pid: 2, direction: .copyout, address: .max, count: 0, succeeded: true),
      ])
    #expect(try machine.kernel.walkaddr(machine.p.pagetable, PGSIZE) == PTE2PA(machine.pte(PGSIZE)))
  }

  @Test(arguments: Sample.allCases) func copyoutToPagesThatAreOwed(_ sample: Sample) throws {
    let machine = try grown(sample)
    let free = machine.kernel.freePages
    let copied = try machine.poke(bytes, at: 6 * PGSIZE - 1000)
    #expect(copied == (sample != .starter))
    #expect(free - machine.kernel.freePages == (sample == .starter ? 0 : 2))
    if copied { #expect(try machine.peek(5000, at: 6 * PGSIZE - 1000) == bytes) }
  }

  @Test(arguments: Sample.allCases) func copyinFromPagesThatAreOwed(_ sample: Sample) throws {
    let machine = try grown(sample)
    // The post of 2024 does not zero the page: the process reads kalloc's junk.
    let fill: UInt8 = sample == .walkaddr ? 5 : 0
    let expected = sample == .starter ? nil : [UInt8](repeating: fill, count: 5000)
    #expect(try machine.peek(5000, at: 6 * PGSIZE - 1000) == expected)
  }

  @Test(arguments: Sample.allCases) func aStringOnAPageThatIsOwed(_ sample: Sample) throws {
    let machine = try grown(sample)
    var room = [UInt8](repeating: 9, count: 10)
    let found = try room.withUnsafeMutableBytes {
      try machine.kernel.copyinstr(machine.p.pagetable, into: $0, from: 6 * PGSIZE)
    }
    #expect(found == (sample == .reference || sample == .copyin))
    if found { #expect(room[0] == 0) }
  }

  @Test(arguments: Sample.allCases) func nothingAboveTheSize(_ sample: Sample) throws {
    let machine = try grown(sample)
    let free = machine.kernel.freePages
    for va: UInt64 in [8 * PGSIZE, 1 << 30, TRAPFRAME, TRAMPOLINE, MAXVA, .max - 10] {
      #expect(try !machine.poke([1], at: va), "at \(va)")
      #expect(try machine.peek(1, at: va) == nil, "at \(va)")
      #expect(try machine.kernel.walkaddr(machine.p.pagetable, va) == nil, "at \(va)")
    }
    #expect(machine.kernel.freePages == free)
  }

  /// A copy that runs over the end fails there. The bytes before the end were written, as in xv6.
  @Test(arguments: Sample.allCases) func aCopyOverTheEnd(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    #expect(try !machine.poke(bytes, at: 4 * PGSIZE - 3))
    #expect(try machine.peek(3, at: 4 * PGSIZE - 3) == Array(bytes[..<3]))
  }

  @Test(arguments: Sample.allCases) func notTheGuardPage(_ sample: Sample) throws {
    let machine = try grown(sample)
    try machine.kernel.uvmclear(machine.p.pagetable, 2 * PGSIZE)
    for sp: UInt64 in [4 * PGSIZE - 16, PGSIZE] {
      machine.p.trapframe.sp = sp
      #expect(try !machine.poke([1], at: 2 * PGSIZE))
      #expect(try machine.peek(1, at: 3 * PGSIZE - 1) == nil)
    }
  }

  /// A stack in the heap, and an argument below it.
  @Test(arguments: Sample.allCases) func belowAStackInTheHeap(_ sample: Sample) throws {
    let machine = try grown(sample)
    machine.p.trapframe.sp = 8 * PGSIZE
    #expect(try machine.poke([1], at: 5 * PGSIZE) == (sample == .reference))
  }

  @Test(arguments: Sample.lazy, 0...2) func withoutMemory(_ sample: Sample, _ free: Int) throws {
    let machine = try ProcessMachine(sample.solution)
    machine.p.sz = 4 << 30
    try machine.leave(free: free)
    let attempt = Result { try machine.poke([1], at: 3 << 30) }
    if sample == .copyin {
      #expect(throws: KernelHalt.exited) { try attempt.get() }
    } else {
      #expect(try !attempt.get())
      #expect(machine.p.state == .running)
    }
    #expect(machine.kernel.freePages == min(free, 1))
  }

  @Test(arguments: Sample.allCases) func strings(_ sample: Sample) throws {
    let machine = try ProcessMachine(sample.solution)
    let text = [UInt8](repeating: 0x61, count: 5000) + [0]
    #expect(try machine.poke(text, at: 3000))
    #expect(try machine.poke([0x62, 0x62], at: 4 * PGSIZE - 2))
    func copyinstr(_ va: UInt64, _ max: Int) throws -> [UInt8]? {
      var room = [UInt8](repeating: 9, count: max)
      let found = try room.withUnsafeMutableBytes {
        try machine.kernel.copyinstr(machine.p.pagetable, into: $0, from: va)
      }
      return found ? room : nil
    }
    #expect(try copyinstr(3000, 5001) == text)
    #expect(try copyinstr(3000, 5003) == text + [9, 9], "what lies behind the null is left alone")
    #expect(try copyinstr(3000, 5000) == nil)
    #expect(try copyinstr(7999, 2) == [0x61, 0])
    #expect(try copyinstr(8000, 1) == [0])
    #expect(try copyinstr(8000, 0) == nil)
    #expect(try copyinstr(4 * PGSIZE - 2, 10) == nil)
  }

  /// `exec` copies into a page table that is not the process's own. No page is owed there.
  @Test(arguments: Sample.allCases) func anotherPageTable(_ sample: Sample) throws {
    let machine = try grown(sample)
    let other = try #require(try machine.kernel.uvmcreate())
    let free = machine.kernel.freePages
    if sample == .reference || sample == .starter {
      #expect(try machine.kernel.walkaddr(other, 6 * PGSIZE) == nil)
      #expect(machine.kernel.freePages == free)
    }
    #expect(try machine.kernel.uvmalloc(other, 0, PGSIZE) == PGSIZE)
    #expect(try [UInt8(1)].withUnsafeBytes { try machine.kernel.copyout(other, to: 5, from: $0) })
  }
}

import LabEvents
import Testing

@testable import XV6Kernel

@Suite struct KallocTests {
  /// The number, calculated: the pages above the kernel's image, minus the kernel's page table (its root; one
  /// page of level 1 and one of level 0 for the UART and the disk; two of level 0 for the PLIC's 4 MiB; one
  /// of level 1 and 64 of level 0 for 128 MiB of RAM; one of each for the trampoline and the stacks), 64
  /// stacks, and the first process's trapframe, page, and page table (root, two for address 0, two for the
  /// trampoline).
  @Test func bootLeavesAsManyPagesAsRealXV6() throws {
    let kernel = try Kernel(KernelConfiguration(solution: EagerXV6(), disk: []))
    let image = (0x8800_0000 - 0x8002_7000) / 4096
    #expect(kernel.freePages == image - (1 + 2 + 2 + 65 + 2) - 64 - (1 + 1 + 5))
    #expect(kernel.freePages == 32_586)
  }

  @Test func newPagesComeHighestFirst() throws {
    let k = try ProcessMachine(EagerXV6()).kernel
    let first = try #require(try k.kalloc())
    let second = try #require(try k.kalloc())
    #expect(second == first - PGSIZE)
  }

  @Test func freedPagesComeBackLastFirst() throws {
    let k = try ProcessMachine(EagerXV6()).kernel
    let a = try #require(try k.kalloc())
    let b = try #require(try k.kalloc())
    let c = try #require(try k.kalloc())
    try k.kfree(b)
    try k.kfree(a)
    try k.kfree(c)
    #expect(try [k.kalloc(), k.kalloc(), k.kalloc()] == [c, a, b])
    #expect(try k.kalloc() == c - PGSIZE)
  }

  @Test func pagesAreFilled() throws {
    let k = try ProcessMachine(EagerXV6()).kernel
    let page = try #require(try k.kalloc())
    #expect((0..<512).allSatisfy { k.loadPTE(page + 8 * $0) == 0x0505_0505_0505_0505 })
    try k.kfree(page)
    #expect((1..<512).allSatisfy { k.loadPTE(page + 8 * $0) == 0x0101_0101_0101_0101 })
    #expect(k.loadPTE(page) == page - PGSIZE, "the link to the next free page")
  }

  @Test func everyPageIsHandedOutOnce() throws {
    let k = try ProcessMachine(EagerXV6(), memory: 1 << 20).kernel
    let free = k.freePages
    var pages: Set<UInt64> = []
    while let page = try k.kalloc() { pages.insert(page) }
    #expect(pages.count == free)
    #expect(k.freePages == 0)
    #expect(pages.allSatisfy { $0 >= PGROUNDUP(end) && $0 < k.PHYSTOP && $0 % PGSIZE == 0 })
    #expect(try k.kalloc() == nil)
    for page in pages { try k.kfree(page) }
    #expect(k.freePages == free)
    var again: Set<UInt64> = []
    while let page = try k.kalloc() { again.insert(page) }
    #expect(again == pages)
  }

  @Test(arguments: [1, PGSIZE + 8, KERNBASE, PGROUNDDOWN(end), KERNBASE + 4 << 20, 0, .max, .max - 4095])
  func freeingWhatIsNoPagePanics(_ offset: UInt64) throws {
    let machine = try ProcessMachine(EagerXV6())
    let pa = offset > 0 && offset < KERNBASE ? KERNBASE + (1 << 20) + offset : offset
    machine.expectPanic("kfree") { try machine.kernel.kfree(pa) }
    #expect(machine.lines() == ["", "xv6 kernel is booting", "", "panic: kfree"])
  }

  @Test func theNthAllocationFailsOnce() throws {
    var configuration = KernelConfiguration(solution: EagerXV6(), disk: [])
    configuration.failAllocation = 2
    let kernel = try Kernel(configuration)
    #expect(try kernel.kalloc() != nil)
    #expect(try kernel.kalloc() == nil)
    #expect(try kernel.kalloc() != nil)
  }

  @Test func aSpoiledFreeListPanics() throws {
    let machine = try ProcessMachine(EagerXV6())
    let k = machine.kernel
    let page = try #require(try k.kalloc())
    try k.kfree(page)
    k.storePTE(page, 0x1234_5678)
    _ = try k.kalloc()
    machine.expectPanic("kerneltrap") { _ = try k.kalloc() }
    #expect(
      machine.lines().suffix(3) == [
        "scause 0x000000000000000d", "sepc=0x0000000000000000 stval=0x0000000012345678", "panic: kerneltrap",
      ])
  }

  @Test func aPageFreedTwiceIsNoCrash() throws {
    let k = try ProcessMachine(EagerXV6(), memory: 1 << 20).kernel
    let page = try #require(try k.kalloc())
    try k.kfree(page)
    try k.kfree(page)
    #expect(try [k.kalloc(), k.kalloc()] == [page, page])
  }

  @Test func freeingAPageThatWasNeverHandedOutIsNoCrash() throws {
    let k = try ProcessMachine(EagerXV6(), memory: 1 << 20).kernel
    let untouched = PGROUNDUP(end) + 3 * PGSIZE
    try k.kfree(untouched)
    #expect(try k.kalloc() == untouched)
    for _ in 0..<1000 { _ = try k.kalloc() }
  }

  /// Only observers of details get details; the event that memory has run out is for all.
  @Test(arguments: [true, false]) func pagesAreFollowed(_ isFollowed: Bool) throws {
    let log = EventLog()
    var configuration = KernelConfiguration(solution: EagerXV6(), disk: [])
    if isFollowed {
      configuration.follow = { event, _ in log.append(event) }
    } else {
      configuration.observe = { log.append($0) }
    }
    configuration.failAllocation = 2
    let kernel = try Kernel(configuration)
    _ = log.take()
    let page = try #require(try kernel.kalloc())
    try kernel.kfree(page)
    _ = try kernel.kalloc()
    let free = kernel.freePages
    let pages: [LabEvent] = [.pageAllocated(page: page, free: free - 1), .pageFreed(page: page, free: free)]
    #expect(log.take() == (isFollowed ? pages : []) + [.outOfMemory(pid: 0)])
  }
}

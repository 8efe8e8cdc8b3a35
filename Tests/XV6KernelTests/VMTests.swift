import Testing

@testable import XV6Kernel

@Suite struct VMTests {
  let machine: ProcessMachine
  var k: Kernel { machine.kernel }
  var table: UInt64 { machine.p.pagetable }

  init() throws { machine = try ProcessMachine(EagerXV6()) }

  // MARK: walk, mappages

  @Test func walkFindsTheEntryOfEveryLevel() throws {
    let va: UInt64 = 5 << 30 | 7 << 21 | 9 << 12 | 0x123
    let free = k.freePages
    #expect(try k.walk(table, va, alloc: false) == nil)
    #expect(k.freePages == free)
    let entry = try #require(try k.walk(table, va, alloc: true))
    #expect(k.freePages == free - 2)
    let one = PTE2PA(k.loadPTE(table + 8 * 5))
    let zero = PTE2PA(k.loadPTE(one + 8 * 7))
    #expect(entry == zero + 8 * 9)
    #expect(try k.walk(table, va, alloc: false) == entry)
    #expect(k.loadPTE(entry) == 0)
  }

  @Test(arguments: [MAXVA, MAXVA + 1, .max]) func walkPanicsBeyondTheLastAddress(_ va: UInt64) {
    machine.expectPanic("walk") { _ = try k.walk(table, va, alloc: true) }
  }

  @Test func walkReachesTheLastAddress() throws {
    #expect(try k.walk(table, MAXVA - 1, alloc: false) != nil)
  }

  /// There is no page for the first of two page-table pages, or none for the second.
  @Test(arguments: [0, 1]) func walkWithoutMemoryAnswersNothing(_ free: Int) throws {
    try machine.leave(free: free)
    #expect(try k.walk(table, 5 << 30, alloc: true) == nil)
  }

  @Test(
    arguments: [
      (0x1000, 0x1000, 1), (0x1001, 0x1000, 2), (0x1fff, 1, 1), (0x1fff, 2, 2), (0x1000, 0x3000, 3),
    ] as [(UInt64, UInt64, UInt64)])
  func mappagesTakesAnyBytes(_ va: UInt64, _ size: UInt64, _ pages: UInt64) throws {
    let base: UInt64 = 1 << 30
    #expect(try k.mappages(table, base + va, size, 0x8100_0000, PTE_R | PTE_U))
    for page in 0..<5 as Range<UInt64> {
      let mapped = page >= 1 && page < 1 + pages
      let pte = mapped ? PA2PTE(0x8100_0000 + (page - 1) * PGSIZE) | PTE_R | PTE_U | PTE_V : 0
      #expect(try machine.pte(base + page * PGSIZE) == pte)
    }
  }

  @Test func mappingTwicePanics() {
    machine.expectPanic("remap") { _ = try k.mappages(table, 0, PGSIZE, 0x8100_0000, PTE_R) }
  }

  // MARK: uvmalloc, uvmdealloc, uvmfree

  @Test(
    arguments: [(0, 1), (1, PGSIZE), (PGSIZE, PGSIZE), (100, 3 * PGSIZE + 1), (PGSIZE, 0)]
      as [(UInt64, UInt64)])
  func uvmallocAllocatesTheMissingPages(_ oldsz: UInt64, _ newsz: UInt64) throws {
    let table = try #require(try k.uvmcreate())
    _ = try k.uvmalloc(table, 0, oldsz)
    _ = try k.walk(table, 0, alloc: true)
    let free = k.freePages
    #expect(try k.uvmalloc(table, oldsz, newsz) == max(oldsz, newsz))
    let before = PGROUNDUP(oldsz) / PGSIZE
    #expect(free - k.freePages == Int(max(before, PGROUNDUP(newsz) / PGSIZE) - before))
    for va in stride(from: 0, to: newsz, by: Int(PGSIZE)) {
      let entry = try #require(try k.walk(table, va, alloc: false))
      #expect(PTE_FLAGS(k.loadPTE(entry)) == PTE_V | PTE_R | PTE_W | PTE_X | PTE_U)
    }
  }

  @Test func newMemoryIsZero() throws {
    #expect(try k.uvmalloc(table, machine.p.sz, machine.p.sz + PGSIZE) != 0)
    #expect(try machine.peek(4096, at: machine.p.sz) == [UInt8](repeating: 0, count: 4096))
  }

  /// Growth from 1 to 40 pages over the border of a bottom-level table, with 0 ... 45 pages free: all or
  /// nothing. A failed growth may keep only page-table pages, which are freed when the process ends.
  @Test(arguments: 0...45) func uvmallocRollsBack(_ pages: Int) throws {
    let low: UInt64 = (2 << 20) - 20 * PGSIZE
    let size: UInt64 = 40
    let before = k.freePages
    let table = try #require(try k.uvmcreate())
    #expect(try k.uvmalloc(table, low - PGSIZE, low) == low)
    var hoard: [UInt64] = []
    while k.freePages > pages, let page = try k.kalloc() { hoard.append(page) }

    let answer = try k.uvmalloc(table, low, low + size * PGSIZE)
    let needed = Int(size) + 1
    #expect(answer == (pages >= needed ? low + size * PGSIZE : 0))
    if answer == 0 {
      let tablePages = pages > 21 ? 1 : 0
      #expect(k.freePages == pages - tablePages)
      for page in 0..<size {
        let entry = try k.walk(table, low + page * PGSIZE, alloc: false)
        #expect(entry.map { k.loadPTE($0) } ?? 0 == 0)
      }
      #expect(try k.walk(table, low - PGSIZE, alloc: false).map { k.loadPTE($0) & PTE_V } == PTE_V)
    } else {
      #expect(k.freePages == pages - needed)
    }

    let end = answer == 0 ? low : answer
    _ = try k.uvmdealloc(table, end, low - PGSIZE)
    try k.freewalk(table)
    for page in hoard { try k.kfree(page) }
    #expect(k.freePages == before)
  }

  @Test(
    arguments: [
      (5 * PGSIZE, 0, 0), (5 * PGSIZE, 1, 1), (5 * PGSIZE, PGSIZE, 1), (5 * PGSIZE - 1, 2 * PGSIZE + 1, 3),
      (5 * PGSIZE, 5 * PGSIZE - 1, 5), (2 * PGSIZE, 3 * PGSIZE, 5),
    ] as [(UInt64, UInt64, UInt64)])
  func uvmdeallocFreesWholePages(_ oldsz: UInt64, _ newsz: UInt64, _ left: UInt64) throws {
    let table = try #require(try k.uvmcreate())
    #expect(try k.uvmalloc(table, 0, 5 * PGSIZE) != 0)
    let free = k.freePages
    #expect(try k.uvmdealloc(table, oldsz, newsz) == min(oldsz, newsz))
    #expect(k.freePages == free + Int(5 - left))
    for page in 0..<5 as Range<UInt64> {
      let entry = try #require(try k.walk(table, page * PGSIZE, alloc: false))
      #expect((k.loadPTE(entry) & PTE_V != 0) == (page < left))
    }
  }

  @Test func uvmfreeGivesEverythingBack() throws {
    let before = k.freePages
    let table = try #require(try k.uvmcreate())
    #expect(try k.uvmalloc(table, 0, 700 * PGSIZE) != 0)
    try k.uvmfree(table, 700 * PGSIZE)
    #expect(k.freePages == before)
  }

  @Test func freewalkPanicsOnALeaf() {
    machine.expectPanic("freewalk: leaf") { try k.freewalk(table) }
  }

  @Test func aTableThatPointsToItselfIsNoCrash() throws {
    let table = try #require(try k.uvmcreate())
    k.storePTE(table, PA2PTE(table) | PTE_V)
    machine.expectPanic("kerneltrap") { try k.freewalk(table) }
  }

  @Test func aTableOutsideOfRAMIsNoCrash() throws {
    #expect(try k.walk(0x1000, 0, alloc: false) == nil)
    machine.expectPanic("kfree") { try k.freewalk(0x1000) }
  }

  @Test func uvmclearTakesAPageFromTheUser() throws {
    try k.uvmclear(table, PGSIZE)
    #expect(try machine.pte(PGSIZE) & (PTE_U | PTE_V) == PTE_V)
    #expect(try k.walkaddr(table, PGSIZE) == nil)
    machine.expectPanic("uvmclear") { try k.uvmclear(table, 1 << 30) }
  }

  @Test func anInitialProgramOfAPagePanics() {
    machine.expectPanic("inituvm: more than a page") {
      try k.uvminit(table, [UInt8](repeating: 0, count: 4096))
    }
  }

  // MARK: A solution that asks for nonsense

  @Test(arguments: [0, 0x1000, 0x8800_0000 - 1, .max] as [UInt64])
  func memoryOutsideOfRAMPanics(_ pa: UInt64) throws {
    var byte: UInt8 = 0
    for attempt in 0..<5 {
      let machine = try ProcessMachine(EagerXV6())
      let k = machine.kernel
      machine.expectPanic("kerneltrap") {
        switch attempt {
        case 0: try k.memset(pa, 0, PGSIZE)
        case 1: try k.memmove(KERNBASE, pa, PGSIZE)
        case 2: try k.memmove(pa, KERNBASE, .max)
        case 3: try withUnsafeBytes(of: byte) { try k.write(pa == 0x87ff_ffff ? pa + 1 : pa, $0) }
        default: try withUnsafeMutableBytes(of: &byte) { try k.read(pa == 0x87ff_ffff ? pa + 1 : pa, $0) }
        }
      }
    }
    k.storePTE(pa, 1)
    #expect(k.loadPTE(pa) == 0)
  }
}

import LabEvents
import Sv39MMU
import Testing

@testable import LabDiagnosis
@testable import LabModel
@testable import LazyDiagnosis

/// The region in which an address lies, and what the lab expects there.
struct RegionTests {
  /// A program of eight pages, with four pages of heap above them. The program's last page is its stack, and
  /// the page below the stack is its guard page.
  private static func process(_ size: UInt64 = 0xC000) -> ProcessTable.Process {
    var table = ProcessTable(testProgram: "t")
    table.hear(.exec(pid: 3, path: "/t", size: 0x8000))
    table.hear(.sbrk(pid: 3, increment: 0x4000, result: 0x8000, size: size))
    return table[3] ?? .init(pid: 3)
  }

  @Test(
    arguments: [
      (0, Region.image), (0x5FFF, .image), (0x6000, .guardPage), (0x6FFF, .guardPage), (0x7000, .stack),
      (0x7FFF, .stack), (0x8000, .heap), (0xBFFF, .heap), (0xC000, .atSize), (0xC001, .aboveSize),
      (MAXVA - 2 * PGSIZE - 1, .aboveSize), (MAXVA - 2 * PGSIZE, .trapframe), (MAXVA - 1, .trampoline),
      (MAXVA, .beyondMAXVA), (.max, .beyondMAXVA),
    ] as [(UInt64, Region)])
  func `every address lies somewhere`(address: UInt64, region: Region) {
    #expect(Region(of: address, in: Self.process(), size: 0xC000) == region)
  }

  /// `sbrk` has answered that the heap ends at 0xC000. `sz` may say something else.
  @Test(
    arguments: [
      (0x8000, 0x8000, Region.promised), (0x8000, 0xBFFF, .promised), (0x8000, 0xC000, .aboveSize),
      (0xE000, 0xBFFF, .heap), (0xE000, 0xC000, .givenBack), (0xE000, 0xDFFF, .givenBack),
      (0xE000, 0xE000, .atSize),
    ] as [(UInt64, UInt64, Region)])
  func `what sbrk answered is not what it did`(size: UInt64, address: UInt64, region: Region) {
    #expect(Region(of: address, in: Self.process(size), size: size) == region)
  }

  /// If a process gave memory back and gets it again, that memory is heap, even its old stack and its guard
  /// page.
  @Test func `the heap begins where the process was smallest`() throws {
    var table = ProcessTable(testProgram: "t")
    table.hear(.exec(pid: 3, path: "t", size: 0x8000))
    table.hear(.sbrk(pid: 3, increment: -0x4800, result: 0x8000, size: 0x3800))
    table.hear(.sbrk(pid: 3, increment: 0x4800, result: 0x3800, size: 0x8000))
    table.hear(.fork(parent: 3, child: 4))
    let child = try #require(table[4])
    #expect(
      [0x3FFF, 0x4000, 0x6000, 0x7000].map { Region(of: $0, in: child, size: 0x8000) }
        == [.image, .heap, .heap, .heap])
  }

  @Test func `a process that was not seen to begin has a size and nothing else`() {
    let stranger = ProcessTable.Process(pid: 9)
    #expect(
      [0, 0xFFF, 0x1000, 0x1001].map { Region(of: $0, in: stranger, size: 0x1000) }
        == [.belowSize, .belowSize, .atSize, .aboveSize])
  }

  private typealias Case = (Region, WalkFault, Bool, LabExpectation?)

  private static let cases: [Case] = [
    (.heap, .invalid(level: 0), false, .mapZeroedPage),
    (.heap, .invalid(level: 2), true, .killOutOfMemory),
    (.promised, .invalid(level: 1), false, .mapZeroedPage),
    (.heap, .notWritable(level: 0), false, .isAllowed),
    (.heap, .notExecutable(level: 0), false, nil),
    (.guardPage, .supervisorPage(level: 0), false, .kill),
    (.guardPage, .invalid(level: 0), true, .kill),
    (.atSize, .invalid(level: 0), false, .kill),
    (.beyondMAXVA, .nonCanonical, false, .kill),
    (.trampoline, .supervisorPage(level: 0), false, .kill),
    (.givenBack, .invalid(level: 0), false, .kill),
    (.image, .invalid(level: 0), false, .isMapped),
    (.text, .notWritable(level: 0), false, .kill),
    (.stack, .supervisorPage(level: 0), false, .isAllowed),
    (.belowSize, .invalid(level: 0), false, .mapZeroedPage),
    (.belowSize, .supervisorPage(level: 0), false, .kill),
  ]

  @Test(arguments: cases.indices) func `what the lab expects`(index: Int) {
    let (region, fault, isOut, expected) = Self.cases[index]
    let ofFault = LazyKnowledge().expectation(
      in: region, walk: .fault(fault), isCopy: false, isOutOfMemory: isOut)
    #expect(ofFault == expected)
    // If the lab wants a program killed for a fault there, it wants a system call refused. If it wants the
    // fault handled, it wants the system call to succeed.
    let ofCopy = LazyKnowledge().expectation(
      in: region, walk: .fault(fault), isCopy: true, isOutOfMemory: isOut)
    switch expected {
    case .mapZeroedPage: #expect(ofCopy == .mapAndCopy)
    case .killOutOfMemory: #expect(ofCopy == .refuseOutOfMemory)
    case .kill: #expect(ofCopy == .refuseCopy)
    default: #expect(ofCopy == expected)
    }
  }

  @Test func `processes are forgotten, the dead before the living`() {
    var table = ProcessTable(testProgram: "t")
    table.hear(.exec(pid: 1, path: "init", size: 0x4000))
    for pid in 2..<5000 as Range<Int32> {
      table.hear(.fork(parent: 1, child: pid))
      table.hear(.exit(pid: pid, parent: 1, program: "t", status: 0))
    }
    #expect(table.all.count == ProcessTable.most)
    #expect(table[1]?.program == "init" && table[4999]?.status == 0 && table[2] == nil)
  }
}

import LazySolutions
import Testing

@testable import LabCompare
@testable import LabMeter

/// Each figure of a workload must be the one that follows from the program's loops, its image and the shape
/// of a page table.
@Suite struct FigureTests {
  /// For each argument, `exec` takes one more page, besides those that the process then has.
  private func figures(
    user: Int, zeroed: Int, tables: Int, arguments: Int, faults: Int, calls: Int, _ found: Figures
  ) {
    #expect(found.handedOut == user + tables + arguments)
    #expect(found.zeroedPages == zeroed + tables)
    #expect(found.tablePages == tables)
    #expect(found.storeFaults == faults)
    #expect(found.systemCalls == calls)
  }

  @Test(arguments: [(256, 16), (512, 1), (1100, 512)])
  func `one page in a stride is written`(pages: Int, stride: Int) throws {
    let image = try Bench.image("little")
    let command = "little \(pages) \(stride)"
    let touched = Array(Swift.stride(from: image, to: image + pages, by: stride))

    let eager = try Bench.eager(command)
    figures(
      user: image + pages, zeroed: image + pages, tables: Bench.tables(0..<image + pages), arguments: 3,
      faults: 0, calls: 2, eager.figures)
    #expect(eager.figures.peakPages == image + pages)

    let lazy = try Bench.lazy(command)
    let there = image + touched.count
    figures(
      user: there, zeroed: there, tables: Bench.tables(Array(0..<image) + touched), arguments: 3,
      faults: touched.count, calls: 2, lazy.figures)
    #expect(lazy.figures.peakPages == there)
    #expect(lazy.figures.faults == touched.count && lazy.figures.deadlyFaults == 0)

    #expect(eager.figures.instructions == lazy.figures.instructions, "a fault costs no user instruction")
    for side in [eager, lazy] {
      #expect(side.outcome == Outcome(.finished))
      #expect(side.figures.copiedPages == 0 && side.figures.kernelServed == 0)
      #expect(side.figures.meanPages <= Double(side.figures.peakPages))
    }
  }

  @Test func `a sparse array takes a page for each that is hit, whether written or read`() throws {
    let image = try Bench.image("sparse")
    let (pages, items) = (600, 40)
    var state: UInt64 = 1
    func hits() -> Set<Int> {
      Set(
        (0..<items).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Int((state >> 32) % UInt64(pages * 512)) / 512
        })
    }
    let written = hits()
    let read = hits().subtracting(written)
    let there = Array(0..<image) + written.union(read).map { image + $0 }

    let lazy = try Bench.lazy("sparse \(pages) \(items)").figures
    figures(
      user: there.count, zeroed: there.count, tables: Bench.tables(there), arguments: 3,
      faults: written.count,
      calls: 2, lazy)
    #expect(lazy.loadFaults == read.count)
    #expect(lazy.peakPages == there.count)
    #expect(try Bench.eager("sparse \(pages) \(items)").figures.peakPages == image + pages)
  }

  @Test func `a list doubles its room, is trimmed, and grows again`() throws {
    let image = try Bench.image("trim")
    let (room, used, more) = (64, 40, 8)
    let calls = 1 + 6 + 2 + 1 + 1  // the first page, six doublings, back twice, forth, exit

    let eager = try Bench.eager("trim 64").figures
    figures(
      user: image + room + more, zeroed: image + room + more, tables: Bench.tables(0..<image + room),
      arguments: 2, faults: 0, calls: calls, eager)
    #expect(eager.peakPages == image + room)

    let lazy = try Bench.lazy("trim 64").figures
    // The page after those that were kept is used again. A load is the first to touch it; after that it is
    // mapped.
    figures(
      user: image + used + 1, zeroed: image + used + 1, tables: Bench.tables(0..<image + used), arguments: 2,
      faults: used, calls: calls, lazy)
    #expect(lazy.loadFaults == 1)
    #expect(lazy.peakPages == image + used)
  }

  @Test func `pages that are given back and kept are noticed`() throws {
    #expect(try Bench.measure("trim 64", BlogWalkaddr()).outcome == Outcome(.panicked, "freewalk: leaf"))
  }

  @Test func `fork copies the pages that are there`() throws {
    let image = try Bench.image("forks")
    let (pages, touched, children) = (100, 10, 5)
    // The parent's calls: pipe, sbrk, the forks, close, the waits, exit. A child's: close, read, exit.
    let calls = 2 + children + 1 + children + 1 + 3 * children
    let table = Bench.tables(0..<image + pages)

    let eager = try Bench.eager("forks \(pages) \(touched) \(children)").figures
    #expect(eager.copiedPages == children * (image + pages))
    #expect(eager.peakPages == (children + 1) * (image + pages))
    #expect(eager.tablePages == (children + 1) * table)
    #expect(eager.faults == 0 && eager.systemCalls == calls)

    let lazy = try Bench.lazy("forks \(pages) \(touched) \(children)").figures
    #expect(lazy.copiedPages == children * (image + touched))
    #expect(lazy.storeFaults == touched + children)
    #expect(lazy.tablePages == (children + 1) * table)
    #expect(lazy.systemCalls == calls)
    // The other pages, besides these and their tables: the arguments, a page for the pipe, and a trapframe
    // for each child.
    let rest = (children + 1) * table + 4 + 1 + children
    #expect(lazy.handedOut == image + touched + lazy.copiedPages + children + rest)
    #expect(eager.handedOut == image + pages + eager.copiedPages + rest)
  }

  @Test func `exec lets go of what was asked for`() throws {
    let image = try Bench.image("replace")
    let eager = try Bench.eager("replace 700 3").figures
    let lazy = try Bench.lazy("replace 700 3").figures
    #expect(eager.peakPages == image + 700 + image, "both images, for a moment")
    #expect(lazy.peakPages == image + 3 + image)
    #expect(eager.tablePages == Bench.tables(0..<image + 700) + Bench.tables(0..<image))
    #expect(lazy.tablePages == 2 * Bench.tables(0..<image))
    // First three arguments, then one.
    #expect(eager.handedOut == 2 * image + 700 + eager.tablePages + 4)
    #expect(lazy.handedOut == 2 * image + 3 + lazy.tablePages + 4)
    #expect(eager.systemCalls == 3 && lazy.systemCalls == 3 && lazy.storeFaults == 3)
  }

  @Test func `system calls pay for what they come to first`() throws {
    let (eager, lazy) = (try Bench.eager("buffers 4").figures, try Bench.lazy("buffers 4").figures)
    // Calls that read or write new pages: write one page, read two, wait one.
    #expect(lazy.kernelServed == 4 * 4)
    #expect(eager.kernelServed == 0)
    #expect(lazy.faults == 0, "the program comes last")
    // pipe, sbrk, and write, read, fork, wait and the child's exit in each round, and exit.
    #expect(eager.systemCalls == 2 + 5 * 4 + 1 && lazy.systemCalls == eager.systemCalls)
  }

  @Test func `eager cannot have what lazy need not pay for`() throws {
    let eager = try Bench.eager("little 262144 4096")
    let lazy = try Bench.lazy("little 262144 4096")
    #expect(eager.outcome.kind == .outOfMemory)
    #expect(eager.outcome.detail == "the program was refused memory and ended with status 1")
    #expect(lazy.outcome == Outcome(.finished))
    let image = try Bench.image("little")
    let there = Array(0..<image) + (0..<64).map { image + $0 * 4096 }
    #expect(lazy.figures.peakPages == image + 64)
    #expect(lazy.figures.tablePages == Bench.tables(there), "each page needs a table of its own")
  }

  @Test func `out of memory is told from other deaths`() throws {
    let lazy = try Bench.lazy("exhaust")
    #expect(lazy.outcome.kind == .outOfMemory)
    #expect(lazy.outcome.detail.hasPrefix("killed, because there was no page left for a store at 0x"))
    #expect(lazy.figures.deadlyFaults == 1)
    #expect(lazy.figures.storeFaults == lazy.figures.peakPages - (try Bench.image("exhaust")) + 1)
    #expect(try Bench.eager("usertests nosuchtest").outcome.kind == .failed)
  }

  @Test func `workers that share no memory play Life`() throws {
    let (generations, workers) = (8, 4)
    for side in [try Bench.eager("life \(generations)"), try Bench.lazy("life \(generations)")] {
      #expect(side.outcome == Outcome(.finished))
      // The parent's calls: five pipes; a fork, a wait and a read for each worker; one line; exit. A worker's
      // calls: sbrk; in each generation two writes and two reads; a write; exit.
      #expect(side.figures.systemCalls == 5 + 3 * workers + 2 + workers * (4 * generations + 3))
    }
  }

  @Test func `a measurement is the same in every run`() throws {
    #expect(try Bench.lazy("mallocs 300") == Bench.lazy("mallocs 300"))
    #expect(try Bench.eager("mallocs 300").outcome == Outcome(.finished))
  }

  @Test func `a map shows the heap before it was touched, and after`() throws {
    let image = try Bench.image("little")
    let map = try #require(try Bench.lazy("little 64 8").map)
    #expect(map.program == "little" && map.pid == 2)
    #expect(map.sizeBefore == UInt64(image + 64) * 4096 && map.sizeAfter == map.sizeBefore)
    #expect(map.cells.count == image + 64, "one cell a page")
    #expect(map.cells.prefix(image).allSatisfy { $0.isImage && $0.before == 1 && $0.after == 1 })
    let heap = map.cells.dropFirst(image)
    #expect(heap.allSatisfy { $0.before == 0 && !$0.isImage })
    #expect(heap.map(\.after) == (0..<64).map { $0 % 8 == 0 ? 1 : 0 })
    let eager = try #require(try Bench.eager("little 64 8").map)
    #expect(eager.cells.allSatisfy { $0.before == 1 && $0.after == 1 })
  }
}

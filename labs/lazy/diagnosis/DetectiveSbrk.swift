import HostSupport
import Sv39MMU

// sbrk(): what it answers, what the size becomes, and which pages come and go.

extension Detective {
  mutating func resized(_ pid: Int32, _ increment: Int64, _ result: UInt64, _ size: UInt64) {
    guard let before = sizes[pid] else { return }
    if increment >= 0 {
      grown(pid, UInt64(increment), result, before, size)
    } else {
      shrunk(pid, increment.magnitude, result, before, size)
    }
  }

  private mutating func grown(
    _ pid: Int32, _ n: UInt64, _ result: UInt64, _ before: UInt64, _ size: UInt64
  ) {
    let call = "sbrk(\(n)) of pid \(pid), which had \(hex(before)),"
    let expected = before &+ n
    if entry?.call == "sbrk", let entry, n > 0,
      !entry.allocated.isEmpty || !entry.mapped.isEmpty || entry.isOutOfMemory
    {
      clues.add(.growthAllocated, "\(call) took pages")
    }
    if result == .max {
      if expected <= AddressSpaces.end, size == before, entry?.isOutOfMemory != true {
        clues.add(.growthRefused, "\(call) was refused")
      }
      return
    }
    note(answer: result, before, call)
    if size > AddressSpaces.end { clues.add(.sizePastEnd, "\(call) left it with \(hex(size))") }
    if size == expected { return }
    if size == before {
      clues.add(.sizeUnchanged, "\(call) left it with as much")
    } else if size == PGROUNDUP(expected) {
      clues.add(.sizeRounded, "\(call) left it with \(hex(size))")
    } else if UInt32(truncatingIfNeeded: size) == UInt32(truncatingIfNeeded: expected) {
      clues.add(.sizeCut, "\(call) left it with \(hex(size))")
    }
  }

  private mutating func shrunk(
    _ pid: Int32, _ n: UInt64, _ result: UInt64, _ before: UInt64, _ size: UInt64
  ) {
    let call = "sbrk(-\(n)) of pid \(pid), which had \(hex(before)),"
    guard n <= before else {
      if size != before { clues.add(.sizeBelowZero, "\(call) left it with \(hex(size))") }
      return
    }
    if size == before {
      clues.add(.shrinkIgnored, "\(call) left it with as much")
      return
    }
    if result != .max { note(answer: result, before, call) }
    guard let root = spaces.roots[pid], size < before else { return }
    noteKept(root, PGROUNDUP(size)..<max(PGROUNDUP(size), PGROUNDUP(before)), call)
    let live = entry?.freed.first { $0.root == root && $0.address < PGROUNDUP(size) }
    if let live { clues.add(.livePageFreed, "\(call) freed the page at \(hex(live.address))") }
  }

  private mutating func note(answer result: UInt64, _ before: UInt64, _ call: String) {
    if result == before { return }
    let isCut = UInt32(truncatingIfNeeded: result) == UInt32(truncatingIfNeeded: before)
    clues.add(isCut ? .answerCut : .wrongAnswer, "\(call) answered \(hex(result))")
  }

  /// Notes pages in `range`, which was given back, that are still there. Where others were freed and each that was kept lies
  /// behind a hole, whoever unmapped stopped or went astray at the hole.
  private mutating func noteKept(_ root: UInt64, _ range: Range<UInt64>, _ call: String) {
    let kept = spaces.held(root).keys.filter { range.contains($0) }
    guard let first = kept.min() else { return }
    let freed = Set(
      (entry?.freed ?? []).filter { $0.root == root && range.contains($0.address) }.map(\.address))
    let before = freed.filter { $0 < first }.count
    let isBehindHole = UInt64(before) < (first - range.lowerBound) / PGSIZE
    let what = "\(call) left \(kept.count) pages, the first at \(hex(first))"
    clues.add(isBehindHole && !freed.isEmpty ? .unmapStopped : .pagesKept, what)
  }
}

import Sv39MMU

/// Which pages each process has where, as far as a kernel's events tell, and the `MemoryMap` of the largest
/// process.
///
/// A page table belongs to a process when the trapframe is mapped in it. A trapframe stays the process's own
/// for life, while `exec` makes a new table: so tables find their process.
struct ProcessPages {
  private struct Space {
    /// The numbers of the pages that are there.
    var pages: Set<UInt64> = []
    /// The pages that came or went since the moment to be remembered, with whether they were there then.
    var changed: [UInt64: Bool] = [:]

    mutating func set(_ page: UInt64, present: Bool) {
      let was = present ? !pages.insert(page).inserted : pages.remove(page) != nil
      if was != present, changed[page] == nil { changed[page] = was }
    }

    /// The pages that were there at the moment to be remembered.
    var remembered: Set<UInt64> {
      var result = pages
      for (page, wasThere) in changed {
        if wasThere { result.insert(page) } else { result.remove(page) }
      }
      return result
    }
  }

  private struct Owner {
    var root: UInt64
    var program: String
    var size: UInt64
    var largest: UInt64
    /// Pages from `exec`.
    var image: UInt64
  }

  /// Where each address space has its process's trapframe: below the trampoline, the last page.
  private static let trapframe = MAXVA - 2 * PGSIZE

  private var spaces: [UInt64: Space] = [:]
  private var owners: [Int32: Owner] = [:]
  private var trapframes: [Int32: UInt64] = [:]
  private var newestRoot: [UInt64: UInt64] = [:]
  private var newestTrapframe: UInt64 = 0
  /// Where each physical page is mapped.
  private var places: [UInt64: (root: UInt64, page: UInt64)] = [:]
  /// The map of the largest process that has gone.
  private(set) var map: MemoryMap?

  /// A leaf was written. Answers whether it is memory of a process.
  mutating func mapped(_ root: UInt64, _ address: UInt64, _ entry: PTE) -> Bool {
    if address == Self.trapframe {
      spaces[root] = Space()
      newestRoot[entry.pa] = root
      newestTrapframe = entry.pa
    }
    guard address < Self.trapframe, spaces[root] != nil else { return false }
    spaces[root]?.set(address / PGSIZE, present: true)
    places[entry.pa] = (root, address / PGSIZE)
    return true
  }

  mutating func freed(_ page: UInt64) {
    if let place = places.removeValue(forKey: page) { spaces[place.root]?.set(place.page, present: false) }
    spaces.removeValue(forKey: page)
  }

  mutating func forked(_ parent: Int32, _ child: Int32) {
    trapframes[child] = newestTrapframe
    guard var owner = owners[parent], let root = newestRoot[newestTrapframe] else { return }
    owner.root = root
    owner.largest = owner.size
    owners[child] = owner
    spaces[root]?.changed = [:]
  }

  mutating func executed(_ pid: Int32, _ path: String, size: UInt64) {
    let trapframe = trapframes[pid] ?? newestTrapframe
    trapframes[pid] = trapframe
    guard let root = newestRoot[trapframe] else { return }
    owners[pid] = Owner(
      root: root, program: path.split(separator: "/").last.map(String.init) ?? path, size: size,
      largest: size,
      image: size / PGSIZE)
    spaces[root]?.changed = [:]
  }

  mutating func resized(_ pid: Int32, _ size: UInt64) {
    guard var owner = owners[pid] else { return }
    owner.size = size
    if size > owner.largest {
      owner.largest = size
      spaces[owner.root]?.changed = [:]
    }
    owners[pid] = owner
  }

  /// The process ends, or may become another program: keeps its map, unless a larger one is kept.
  mutating func leaves(_ pid: Int32) {
    guard let owner = owners[pid], let space = spaces[owner.root] else { return }
    if let map, max(map.sizeBefore, map.sizeAfter) > owner.largest { return }
    map = MemoryMap(
      program: owner.program, pid: pid, sizes: (owner.largest, owner.size), image: owner.image,
      before: space.remembered, after: space.pages)
  }

  /// The process has ended.
  mutating func ended(_ pid: Int32) {
    leaves(pid)
    owners.removeValue(forKey: pid)
    trapframes.removeValue(forKey: pid)
  }
}

import Sv39MMU

/// Which pages each process has and at which addresses, as far as a kernel's events tell; also the
/// `MemoryMap` of the largest process.
///
/// A page table belongs to a process if the process's trapframe is mapped in it. A process keeps its
/// trapframe for its whole life, but `exec` makes a new table. So the trapframe tells which process a new
/// table belongs to.
struct ProcessPages {
  private struct Space {
    /// The numbers of the pages that are mapped.
    var pages: Set<UInt64> = []
    /// The pages that were added or removed since the remembered moment. The value says whether the page
    /// was there at that moment.
    var changed: [UInt64: Bool] = [:]

    mutating func set(_ page: UInt64, present: Bool) {
      let was = present ? !pages.insert(page).inserted : pages.remove(page) != nil
      if was != present, changed[page] == nil { changed[page] = was }
    }

    /// The pages that were there at the remembered moment.
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
    /// The number of pages that `exec` gave it.
    var image: UInt64
  }

  /// The address of the trapframe in every address space: the page below the trampoline, which is the last
  /// page.
  private static let trapframe = MAXVA - 2 * PGSIZE

  private var spaces: [UInt64: Space] = [:]
  private var owners: [Int32: Owner] = [:]
  private var trapframes: [Int32: UInt64] = [:]
  private var newestRoot: [UInt64: UInt64] = [:]
  private var newestTrapframe: UInt64 = 0
  /// Where each physical page is mapped.
  private var places: [UInt64: (root: UInt64, page: UInt64)] = [:]
  /// The map of the largest process that has ended or called `exec`; nil if there is none yet.
  private(set) var map: MemoryMap?

  /// The kernel wrote a leaf entry. Returns whether the page is memory of a process.
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

  /// The process ends, or calls `exec` and may become another program. Keeps its map, unless the kept map
  /// is of a larger process.
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

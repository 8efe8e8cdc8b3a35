/// The consistency check: everything that xv6 relies on without checking it itself.
///
/// Each block is read at most once for each of its accepted uses: if an inode already uses a block, the block
/// is not followed or scanned again for another inode. So the number of blocks and inodes limits the work,
/// whatever the image says.
struct Checker {
  private let image: FileSystemImage
  private(set) var findings: [Finding] = []

  /// For each block, the inode that uses it, or 0 if no inode does.
  private var owner: [Int]
  /// For each inode: its contents, how often directories name it, and the directory that it is in.
  private var inodes: [DiskInode]
  private var links: [Int]
  private var parents: [Int]
  /// For each directory, the inodes that its entries lead to.
  private var children: [[Int]]
  /// For each directory, where "." and ".." lead to.
  private var dots: [(dot: Int?, dotDot: Int?)]

  init(_ image: FileSystemImage) {
    self.image = image
    let count = Int(image.superblock.ninodes)
    owner = [Int](repeating: 0, count: image.blockCount)
    inodes = (0..<count).map { image.inode($0) ?? DiskInode() }
    links = [Int](repeating: 0, count: count)
    parents = [Int](repeating: 0, count: count)
    children = [[Int]](repeating: [], count: count)
    dots = [(dot: Int?, dotDot: Int?)](repeating: (nil, nil), count: count)
  }

  mutating func run() {
    for inum in image.inodeNumbers where inodes[inum].type != 0 { checkInode(inum) }
    for inum in image.inodeNumbers where inodes[inum].fileType == .directory { checkDirectory(inum) }
    checkTree()
    checkMap()
  }

  /// Type, size, and the blocks that an inode uses.
  private mutating func checkInode(_ inum: Int) {
    let inode = inodes[inum]
    if inode.fileType == nil { findings.append(.badType(inode: inum, type: inode.type)) }
    if Int(inode.size) > DiskLayout.maxFileSize {
      findings.append(.sizeTooLarge(inode: inum, size: inode.size))
    }
    let counted = min(
      (Int(inode.size) + DiskLayout.blockSize - 1) / DiskLayout.blockSize, DiskLayout.maxFileBlocks)

    var firstMissing: Int?
    for slot in 0..<DiskLayout.directBlocks {
      if inode[address: slot] == 0 {
        if slot < counted, firstMissing == nil { firstMissing = slot }
      } else {
        claim(inode[address: slot], inum, slot: slot)
      }
    }
    let indirect = inode[address: DiskLayout.directBlocks]
    if indirect != 0, claim(indirect, inum, slot: DiskLayout.maxFileBlocks) {
      for slot in DiskLayout.directBlocks..<DiskLayout.maxFileBlocks {
        let entry = Int(indirect) * DiskLayout.blockSize + 4 * (slot - DiskLayout.directBlocks)
        let address = image.bytes.loadLE32(entry)
        if address == 0 {
          if slot < counted, firstMissing == nil { firstMissing = slot }
        } else {
          claim(address, inum, slot: slot)
        }
      }
    } else if indirect == 0, counted > DiskLayout.directBlocks, firstMissing == nil {
      firstMissing = DiskLayout.directBlocks
    }

    if let slot = firstMissing, !isLeftByMkfs(inum, slot: slot) {
      findings.append(.sizeBeyondBlocks(inode: inum, size: inode.size, slot: slot))
    }
  }

  /// Notes that `inum` uses a block.
  ///
  /// - Returns: whether it is a data block that no inode used before.
  @discardableResult
  private mutating func claim(_ address: UInt32, _ inum: Int, slot: Int) -> Bool {
    guard image.dataBlocks.contains(Int(address)) else {
      findings.append(.addressOutside(inode: inum, slot: slot, block: address))
      return false
    }
    let block = Int(address)
    guard owner[block] == 0 else {
      findings.append(.blockUsedTwice(block: block, first: owner[block], second: inum))
      return false
    }
    owner[block] = inum
    if !image.isMarked(block) { findings.append(.usedBlockFree(block: block, inode: inum)) }
    return true
  }

  /// Whether the missing block is a known habit of `mkfs`: if the root's entries end on a block boundary,
  /// `mkfs` counts one more block into the root's size. xv6 allocates that block when it first reads it.
  private func isLeftByMkfs(_ inum: Int, slot: Int) -> Bool {
    inum == DiskLayout.rootInode && slot > 0 && Int(inodes[inum].size) == (slot + 1) * DiskLayout.blockSize
  }

  /// The entries of a directory.
  private mutating func checkDirectory(_ inum: Int) {
    let size = Int(inodes[inum].size)
    if size % DiskLayout.directoryEntrySize != 0 {
      findings.append(.partialEntry(directory: inum, size: inodes[inum].size))
    }
    var names: Set<FileName> = []
    for slot in 0..<min((size + DiskLayout.blockSize - 1) / DiskLayout.blockSize, DiskLayout.maxFileBlocks) {
      guard let block = try? image.address(inodes[inum], inum, slot: slot), owner[block] == inum else {
        continue
      }
      let end = min(DiskLayout.blockSize, size - slot * DiskLayout.blockSize)
      for within in stride(from: 0, to: end, by: DiskLayout.directoryEntrySize)
      where within + DiskLayout.directoryEntrySize <= end {
        let offset = block * DiskLayout.blockSize + within
        guard let entry = try? DirectoryEntry(parsing: image.bytes, at: offset), entry.inum != 0 else {
          continue
        }
        if !names.insert(entry.name).inserted {
          findings.append(.nameTwice(directory: inum, name: entry.name))
        }
        checkEntry(entry, in: inum)
      }
    }
  }

  private mutating func checkEntry(_ entry: DirectoryEntry, in directory: Int) {
    let target = Int(entry.inum)
    if entry.name == .dot {
      dots[directory].dot = dots[directory].dot ?? target
      return
    }
    if entry.name == .dotDot {
      dots[directory].dotDot = dots[directory].dotDot ?? target
      return
    }
    let name = entry.name.bytes
    if name.isEmpty || name.contains(UInt8(ascii: "/")) {
      findings.append(.badName(directory: directory, name: entry.name))
    }
    guard image.inodeNumbers.contains(target) else {
      findings.append(.entryOutside(directory: directory, name: entry.name, inode: target))
      return
    }
    guard inodes[target].type != 0 else {
      findings.append(.entryToFreeInode(directory: directory, name: entry.name, inode: target))
      return
    }
    links[target] += 1
    children[directory].append(target)
    guard inodes[target].fileType == .directory else { return }
    links[directory] += 1  // the child's ".."
    if parents[target] != 0 {
      findings.append(.directoryLinkedTwice(inode: target, first: parents[target], second: directory))
    } else {
      parents[target] = directory
    }
  }

  /// Checks reachability from the root, "." and "..", and link counts.
  private mutating func checkTree() {
    let root = DiskLayout.rootInode
    let hasRoot = inodes[root].fileType == .directory
    var reached = [Bool](repeating: false, count: inodes.count)
    if hasRoot {
      if parents[root] != 0 {
        findings.append(.directoryLinkedTwice(inode: root, first: root, second: parents[root]))
      }
      links[root] += 1  // mkfs counts one for the root itself
      parents[root] = root
      reached[root] = true
      var queue = [root]
      while let directory = queue.popLast() {
        for child in children[directory] where !reached[child] {
          reached[child] = true
          queue.append(child)
        }
      }
    } else {
      findings.append(.rootNotDirectory(type: inodes[root].type))
    }

    for inum in image.inodeNumbers where inodes[inum].type != 0 {
      // Without a root, no inode is reachable: that is not a fault of each single inode.
      if hasRoot, !reached[inum] {
        findings.append(.unreachable(inode: inum, links: Int(inodes[inum].nlink)))
      }
      if Int(inodes[inum].nlink) != links[inum] {
        findings.append(
          .wrongLinkCount(inode: inum, stored: Int(inodes[inum].nlink), counted: links[inum]))
      }
      if inodes[inum].fileType == .directory { checkDots(inum) }
    }
  }

  private mutating func checkDots(_ inum: Int) {
    if let dot = dots[inum].dot {
      if dot != inum { findings.append(.wrongDot(directory: inum, inode: dot)) }
    } else {
      findings.append(.missingDot(directory: inum))
    }
    guard let dotDot = dots[inum].dotDot else {
      findings.append(.missingDotDot(directory: inum))
      return
    }
    let parent = parents[inum]  // 0 if no directory names it: then it is not known what ".." should be
    if parent != 0, dotDot != parent {
      findings.append(.wrongDotDot(directory: inum, inode: dotDot, parent: parent))
    }
  }

  /// Compares the free map with the blocks that the inodes use.
  private mutating func checkMap() {
    for block in 0..<image.dataBlocks.lowerBound where !image.isMarked(block) {
      findings.append(.metaBlockFree(block: block))
    }
    for block in image.dataBlocks where owner[block] == 0 && image.isMarked(block) {
      findings.append(.unusedBlockMarked(block: block))
    }
    for block in image.blockCount..<(image.superblock.bitmapBlocks * DiskLayout.bitsPerBlock)
    where image.isMarked(block) {
      findings.append(.markPastEnd(block: block))
    }
  }
}

extension FileSystemImage {
  /// Everything that is wrong with the image; empty for a good one. If an operation waits in the log, the
  /// image is checked as it will be after the log is installed.
  package func check() -> [Finding] {
    var findings = superblock.geometryProblems(imageBlocks: bytes.count / DiskLayout.blockSize).map(
      Finding.geometry)
    var image = self
    findings += logFindings()
    let installed = image.installLog()
    if installed > 0 { findings.append(.logPending(blocks: installed)) }
    var checker = Checker(image)
    checker.run()
    return findings + checker.findings
  }

  /// Everything that is wrong with an image that nobody has checked yet. If its regions cannot be told apart,
  /// that is reported as findings, and then there are no others.
  package static func check(_ bytes: [UInt8]) throws(FormatError) -> [Finding] {
    do throws(FormatError) {
      return try FileSystemImage(parsing: bytes).check()
    } catch {
      guard case .geometry = error.reason else { throw error }
      let superblock = try Superblock(parsing: bytes, at: DiskLayout.superblockNumber * DiskLayout.blockSize)
      return superblock.geometryProblems(imageBlocks: bytes.count / DiskLayout.blockSize).map(
        Finding.geometry)
    }
  }
}

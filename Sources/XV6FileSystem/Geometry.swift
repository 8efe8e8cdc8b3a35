/// A way in which a superblock contradicts itself or the image that carries it.
package enum GeometryProblem: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// `size` counts more blocks than the image has.
  case sizeBeyondImage(size: UInt32, imageBlocks: Int)
  /// The image goes on after the last block that `size` counts.
  case imageBeyondSize(size: UInt32, imageBlocks: Int)
  /// A region of `count` blocks from `start` on is not between the superblock and the end.
  case regionOutside(Region, start: UInt32, count: Int, size: UInt32)
  /// Two regions share blocks.
  case regionsOverlap(Region, Region)
  /// The log cannot hold one operation of MAXOPBLOCKS blocks and its header.
  case logTooSmall(nlog: UInt32)
  /// There is no inode for the root directory, or there are more inodes than a directory entry can name.
  case badInodeCount(UInt32)
  /// `nblocks` is not what the other regions leave.
  case wrongDataCount(nblocks: UInt32, expected: Int)

  package enum Region: String, Sendable {
    case log, inodes
    case bitmap = "free map"
  }

  package var description: String {
    switch self {
    case .sizeBeyondImage(let size, let blocks):
      "superblock size is \(size) blocks, the image has \(blocks)"
    case .imageBeyondSize(let size, let blocks):
      "the image has \(blocks) blocks, superblock size says \(size)"
    case .regionOutside(let region, let start, let count, let size):
      "the \(region.rawValue), \(count) blocks from block \(start) on, must lie in blocks"
        + " 2 to \(Int(size) - 1)"
    case .regionsOverlap(let first, let second):
      "the \(first.rawValue) and the \(second.rawValue) share blocks"
    case .logTooSmall(let nlog):
      "a log of \(nlog) blocks cannot hold an operation of \(DiskLayout.maxOperationBlocks)"
    case .badInodeCount(let count):
      "\(count) inodes: an image has 2 to \(DiskLayout.maxInodes)"
    case .wrongDataCount(let nblocks, let expected):
      "superblock counts \(nblocks) data blocks, the layout leaves \(expected)"
    }
  }

  /// The byte in the image at which the superblock's field is.
  var offset: Int {
    let field =
      switch self {
      case .sizeBeyondImage, .imageBeyondSize: 4
      case .wrongDataCount: 8
      case .badInodeCount: 12
      case .logTooSmall: 16
      case .regionOutside(.log, _, _, _): 20
      case .regionOutside(.inodes, _, _, _), .regionsOverlap(.log, .inodes): 24
      case .regionOutside(.bitmap, _, _, _), .regionsOverlap: 28
      }
    return DiskLayout.superblockNumber * DiskLayout.blockSize + field
  }

  /// Whether the image cannot be read at all for this reason: some inode, map bit or log block would be
  /// outside the image, or one region would be read as another.
  package var isFatal: Bool {
    switch self {
    case .sizeBeyondImage, .regionOutside, .regionsOverlap, .badInodeCount: true
    case .imageBeyondSize, .logTooSmall, .wrongDataCount: false
    }
  }
}

extension Superblock {
  /// Everything that is wrong with the geometry. Fatal problems come first.
  package func geometryProblems(imageBlocks: Int) -> [GeometryProblem] {
    var problems: [GeometryProblem] = []
    if Int(size) > imageBlocks {
      problems.append(.sizeBeyondImage(size: size, imageBlocks: imageBlocks))
    }
    let inodesAreNameable = ninodes > UInt32(DiskLayout.rootInode) && ninodes <= UInt32(DiskLayout.maxInodes)
    if !inodesAreNameable { problems.append(.badInodeCount(ninodes)) }

    let regions: [(region: GeometryProblem.Region, start: UInt32, count: Int)] = [
      (.log, logstart, Int(nlog)), (.inodes, inodestart, inodeBlocks), (.bitmap, bmapstart, bitmapBlocks),
    ]
    for (index, one) in regions.enumerated() {
      if one.start < 2 || Int(one.start) + one.count > Int(size) {
        problems.append(.regionOutside(one.region, start: one.start, count: one.count, size: size))
      }
      for other in regions[(index + 1)...] where overlap(one.start, one.count, other.start, other.count) {
        problems.append(.regionsOverlap(one.region, other.region))
      }
    }

    if Int(size) < imageBlocks {
      problems.append(.imageBeyondSize(size: size, imageBlocks: imageBlocks))
    }
    if nlog < UInt32(DiskLayout.maxOperationBlocks + 1) { problems.append(.logTooSmall(nlog: nlog)) }
    if Int(nblocks) != Int(size) - dataStart {
      problems.append(.wrongDataCount(nblocks: nblocks, expected: Int(size) - dataStart))
    }
    return problems
  }
}

/// Whether two runs of blocks have a block in common.
private func overlap(_ start: UInt32, _ count: Int, _ otherStart: UInt32, _ otherCount: Int) -> Bool {
  Int(start) < Int(otherStart) + otherCount && Int(otherStart) < Int(start) + count
}

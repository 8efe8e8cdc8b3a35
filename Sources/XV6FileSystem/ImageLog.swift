/// The log of an image, and what xv6 would do with it at boot.
extension FileSystemImage {
  /// The header of the log, or `nil` if the image has no log.
  var logHeader: LogHeader? {
    superblock.nlog == 0
      ? nil : try? LogHeader(parsing: bytes, at: Int(superblock.logstart) * DiskLayout.blockSize)
  }

  /// What is wrong with the log's header. No findings if the log is empty or can be installed.
  func logFindings() -> [Finding] {
    guard let header = logHeader, header.count != 0 else { return [] }
    let capacity = min(DiskLayout.logSize, Int(superblock.nlog) - 1)
    guard (0...capacity).contains(Int(header.count)) else {
      return [.logCountBad(count: header.count, capacity: capacity)]
    }
    let log = Int(superblock.logstart)..<(Int(superblock.logstart) + Int(superblock.nlog))
    return header.blocks.enumerated().compactMap { index, block in
      let isLogged = block >= 2 && Int(block) < blockCount && !log.contains(Int(block))
      return isLogged ? nil : .logTargetBad(index: index, block: block)
    }
  }

  /// RECOVER_FROM_LOG: copies the committed blocks to their own places and empties the log. If the log header
  /// is not valid, the image is left alone.
  ///
  /// - Returns: the number of blocks that were installed.
  @discardableResult
  package mutating func installLog() -> Int {
    guard let header = logHeader, header.count != 0, logFindings().isEmpty else { return 0 }
    let log = Int(superblock.logstart)
    for (index, target) in header.blocks.enumerated() {
      let start = Int(target) * DiskLayout.blockSize
      bytes.replaceSubrange(start..<(start + DiskLayout.blockSize), with: block(log + 1 + index))
    }
    bytes.storeLE32(0, log * DiskLayout.blockSize)
    firstMaybeFree = superblock.dataStart
    return header.blocks.count
  }
}

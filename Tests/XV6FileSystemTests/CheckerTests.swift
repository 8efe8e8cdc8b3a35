import Testing

@testable import XV6FileSystem

@Suite struct CheckerTests {
  @Test("planted damage is found, and nothing else", arguments: Corruption.all)
  func planted(corruption: Corruption) throws {
    var image = try Corruption.soundImage()
    try #require(image.check() == [])
    corruption.plant(&image)
    let findings = image.check()
    #expect(Set(findings) == Set(corruption.findings))
    #expect(findings.count == corruption.findings.count, "a finding stands twice: \(findings)")
    #expect(try FileSystemImage.check(image.bytes) == findings)
    for finding in findings { #expect(!finding.description.isEmpty) }
  }

  /// The offsets of the superblock's fields: magic 0, size 4, nblocks 8, ninodes 12, nlog 16, logstart 20,
  /// inodestart 24, bmapstart 28.
  @Test(
    "a superblock that contradicts itself",
    arguments: [
      (4, 101, [.sizeBeyondImage(size: 101, imageBlocks: 100), .wrongDataCount(nblocks: 65, expected: 66)]),
      (4, 99, [.imageBeyondSize(size: 99, imageBlocks: 100), .wrongDataCount(nblocks: 65, expected: 64)]),
      (8, 7, [.wrongDataCount(nblocks: 7, expected: 65)]),
      (12, 1, [.badInodeCount(1)]),
      (
        12, 65537,
        [
          .badInodeCount(65537), .regionOutside(.inodes, start: 32, count: 4097, size: 100),
          .regionsOverlap(.inodes, .bitmap), .wrongDataCount(nblocks: 65, expected: 100 - 32 - 4097),
        ]
      ),
      (16, 10, [.logTooSmall(nlog: 10)]),
      (16, 31, [.regionsOverlap(.log, .inodes)]),
      (20, 1, [.regionOutside(.log, start: 1, count: 30, size: 100)]),
      (
        24, 99,
        [.regionOutside(.inodes, start: 99, count: 2, size: 100), .wrongDataCount(nblocks: 65, expected: -1)]
      ),
      (28, 33, [.regionsOverlap(.inodes, .bitmap), .wrongDataCount(nblocks: 65, expected: 66)]),
      (
        28, .max,
        [
          .regionOutside(.bitmap, start: .max, count: 1, size: 100),
          .wrongDataCount(nblocks: 65, expected: 100 - (1 << 32)),
        ]
      ),
    ] as [(Int, UInt32, [GeometryProblem])])
  func geometry(field: Int, value: UInt32, problems: [GeometryProblem]) throws {
    var bytes = try Corruption.soundImage().bytes
    bytes.storeLE32(value, 1024 + field)
    let findings = try FileSystemImage.check(bytes)
    #expect(
      Set(findings.filter { if case .geometry = $0 { true } else { false } })
        == Set(problems.map(Finding.geometry)))
    if let fatal = problems.first(where: \.isFatal) {
      let error = #expect(throws: FormatError.self) { try FileSystemImage(parsing: bytes) }
      #expect(error?.reason == .geometry(fatal))
      #expect(error?.offset ?? 0 >= 1024)
    } else {
      #expect(throws: Never.self) { try FileSystemImage(parsing: bytes) }
    }
  }

  @Test func installingTheLogIsWhatTheCheckerExpected() throws {
    var image = try Corruption.soundImage()
    var inodes = Array(image.block(32))
    inodes[2 * 64 + 6] = 9  // nlink of inode 2
    image.put(LogHeader(blocks: [32]).encoded, at: 2 * 1024)
    image.put(inodes, at: 3 * 1024)
    let wrong = Finding.wrongLinkCount(inode: 2, stored: 9, counted: 1)
    #expect(image.check() == [.logPending(blocks: 1), wrong])
    #expect(image.installLog() == 1)
    #expect(image.check() == [wrong])
    #expect(image.installLog() == 0)
  }

  @Test func onlyWhatAStoppedMachineLeavesIsNoDamage() {
    #expect(!Finding.logPending(blocks: 3).isDamage)
    #expect(!Finding.unreachable(inode: 3, links: 0).isDamage)
    #expect(Finding.unreachable(inode: 3, links: 1).isDamage)
    #expect(Finding.usedBlockFree(block: 3, inode: 1).isDamage)
  }
}

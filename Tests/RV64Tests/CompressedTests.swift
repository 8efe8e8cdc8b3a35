import RV64
import Testing

/// The decoder against the specification's listing of 16-bit encodings, all 49,152 that are not the beginning
/// of a longer instruction, and the 16,384 that are.
@Suite struct CompressedTests {
  @Test func everyRowHas16Bits() {
    for row in CompressedListing.all {
      #expect(row.encoding.width == 16, "\(row.encoding.mnemonic)")
    }
  }

  /// Reading the listing and naming the instruction, for comparison with an encoding worked out by hand.
  @Test(
    arguments: [
      (0x1141, "c.addi", "addi", 2, 2, 0, -16),
      (0xe406, "c.sdsp", "sd", 0, 2, 1, 8),
      (0x7139, "c.addi16sp", "addi", 2, 2, 0, -64),
      (0x6585, "c.lui", "lui", 11, 0, 0, 4096),
      (0x75fd, "c.lui", "lui", 11, 0, 0, -4096),
      (0x1000, "c.addi4spn", "addi", 8, 2, 0, 32),
      (0x8082, "c.jr", "jalr", 0, 1, 0, 0),
      (0xbfc5, "c.j", "jal", 0, 0, 0, -16),
    ] as [(UInt16, String, String, Int, Int, Int, Int64)])
  func knownEncoding(
    _ halfword: UInt16, name: String, mnemonic: String, rd: Int, rs1: Int, rs2: Int, constant: Int64
  ) {
    let word = InstructionListing.encode(mnemonic, rd: rd, rs1: rs1, rs2: rs2, imm: constant)
    #expect(CompressedListing.meaning(of: halfword) == .expands(name, to: word))
  }

  @Test func everyEncoding() {
    var differences: [String] = []
    var seen: [String: Int] = [:]
    for halfword in (0...UInt16.max) where halfword & 3 != 3 {
      // What follows a 16-bit instruction must not matter.
      let bits = UInt32(halfword) | (halfword & 4 == 0 ? 0xffff_0000 : 0x1234_0000)
      let decoded = DecodedInstruction.decode(bits)
      let place = "0x" + String(halfword, radix: 16)
      guard decoded.length == 2 else {
        differences.append("\(place): length \(decoded.length), should be 2")
        continue
      }
      switch CompressedListing.meaning(of: halfword) {
      case nil:
        differences.append("\(place): in no row of the listing")
      case .illegal(let reason):
        seen[reason, default: 0] += 1
        if decoded.operation != .illegal || decoded.immediate != Int64(halfword) {
          differences.append("\(place): is \(decoded), should be illegal (\(reason))")
        }
      case .expands(let name, let word):
        seen[name, default: 0] += 1
        var expected = DecodedInstruction.decode(word)
        expected.length = 2
        if decoded != expected {
          differences.append("\(place), \(name): is \(decoded), should be \(expected)")
        }
      }
    }
    expectNone(differences)
    for row in CompressedListing.all {
      #expect((seen[row.encoding.mnemonic] ?? 0) > 0, "no encoding is \(row.encoding.mnemonic)")
      if let field = row.reservedZero {
        #expect((seen["\(row.encoding.mnemonic): reserved, \(field)=0"] ?? 0) > 0)
      }
    }
    #expect(seen.values.reduce(0, +) == 3 * 16384)
    #expect(seen["defined to be illegal"] == 1)
    for name in ["c.fld", "c.fsd", "c.fldsp", "c.fsdsp"] { #expect(seen["\(name), without D"] == 2048) }
  }

  @Test func longerInstructionsAreNotCompressed() {
    for halfword in (0...UInt16.max) where halfword & 3 == 3 {
      if DecodedInstruction.decode(UInt32(halfword)).length != 4 {
        Issue.record("0x\(String(halfword, radix: 16)) has length 2")
        return
      }
    }
  }
}

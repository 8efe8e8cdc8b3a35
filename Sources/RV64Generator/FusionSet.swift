/// Instructions that blocks often have one behind the other, and that the hot loop carries out at once.
///
/// A line is a fusion. `->` means that the next instruction takes its rs1 from the rd of the one before (they
/// are *chained*); `,` means that it only follows. The name of the fused operation is the names of its parts:
/// `slli -> add` is `slliAdd`. The lines are those that were found most often in xv6's kernels and in
/// arithmetic.
///
/// `statusRead` and `statusWrite` are `csrr rd, sstatus` and `csrw sstatus, rs1` (`BlockOperations`).
struct FusedSequence {
  var parts: [String]
  /// The places of those whose rs1 must be the rd of the one before.
  var chained: [Int]

  var operation: String { lowerCamelCase(parts) }

  init(_ line: String) {
    var (parts, chained): ([String], [Int]) = ([], [])
    for group in line.split(separator: ",") {
      for (n, part) in group.split(separator: "->").enumerated() {
        if n > 0 { chained.append(parts.count) }
        parts.append(String(part.filter { $0 != " " }))
      }
    }
    (self.parts, self.chained) = (parts, chained)
  }

  /// The order is also that of the cases in the hot loop, and matters to its speed.
  static let groups: [(title: String, fusions: [FusedSequence])] = [
    (
      "Returns and calls.",
      [
        "addi, jalr",
        "ld, addi, jalr",
        "auipc, jal",
        "addi, auipc, jal",
        "ld, auipc, jal",
        "lw, beq, auipc, jal",
      ]
    ),
    (
      "Long sequences.",
      [
        // A level of a page-table walk.
        "srl -> andi -> slli -> add -> ld -> andi, beq",
        // The address of an element of an array, whose number is a word.
        "addi -> addiw -> slli, auipc, auipc -> add",
        "addiw -> addiw, sw, bne",
      ]
    ),
    (
      "Constants, and what is computed from them.",
      [
        "addi, addi",
        "addi, addi, addi",
        "addi, addi, addi, addi",
        "addi, auipc",
        "addi, auipc, auipc",
        "auipc, auipc",
        "auipc, auipc -> add",
        "slli, auipc",
        "slli, auipc, auipc",
      ]
    ),
    (
      "Computations.",
      [
        "slli -> add",
        "andi -> slli",
        "andi -> slli -> add",
        "srl -> andi",
        "srl -> andi -> slli -> add",
        "srli -> slli",
        "slli -> srai",
        "srai -> and",
        "and -> xor",
        "xor -> mul",
        "srli -> xor",
        "mul -> srli",
        "addiw -> slli",
        "addi -> addiw",
        "addi -> addiw -> slli",
        "sub -> sltiu",
        "addiw, addi",
        "addiw, addiw",
        "xor, srli",
        "xor, srliw",
        "srliw, addiw",
      ]
    ),
    (
      "Memory.",
      [
        "add -> ld",
        "addi -> sd",
        "addi, ld",
        "ld, ld",
        "ld, addi",
        "ld -> andi",
        "ld -> andi, beq",
        "lw -> addiw, sw",
        "sd, sd",
        "sd, addi",
      ]
    ),
    (
      "Branches.",
      [
        "add, bgeu",
        "addi, beq",
        "addi, bne",
        "addi, blt",
        "andi, beq",
        "andi, bne",
        "addiw, beq",
        "srli, bne",
        "srli -> slli, addiw, beq",
        "lw, beq",
        "lw, bne",
        "lw, bge",
        "lw, bgeu",
        "sw, bne",
      ]
    ),
    (
      "Interrupts off, and whether they are on.",
      [
        "statusRead, statusRead -> andi -> statusWrite",
        "statusRead -> andi",
        "statusRead -> andi, bne",
        "statusRead -> andi -> statusWrite",
      ]
    ),
  ].map { ($0.0, $0.1.map(FusedSequence.init)) }

  static let all: [FusedSequence] = groups.flatMap(\.fusions)
}

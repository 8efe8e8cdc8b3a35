/// Two instructions that a block often has one behind the other, and that the hot loop carries out at once.
///
/// *Fusion.* The first of the two gets an operation of its own, which does the work of both; the second stays as it is.
/// So nothing else changes: there is one record for each instruction, which says what has retired, where a trap is, and
/// where a block goes on that was left between the two. It saves one of two dispatches, and where the pair is *chained* the
/// second takes the first's result from a register of the host's, instead of waiting for it in memory.
///
/// *Runs.* As many `ld` or `sd` on one base register as follow each other are done at once, too: all but the last get an
/// operation that says so.
///
/// The pairs are those that were found most often in xv6's kernels and in arithmetic.
struct FusedPair {
  var fused, first, second: Operation
  /// Whether the second's rs1 must be the first's rd.
  var isChained: Bool

  private init(_ fused: Operation, _ first: Operation, _ second: Operation, chained: Bool = false) {
    (self.fused, self.first, self.second, isChained) = (fused, first, second, chained)
  }

  static let all: [FusedPair] = [
    FusedPair(.auipcAddi, .auipc, .addi, chained: true),
    FusedPair(.slliAdd, .slli, .add, chained: true),
    FusedPair(.andiSlli, .andi, .slli, chained: true),
    FusedPair(.srlAndi, .srl, .andi, chained: true),
    FusedPair(.srliSlli, .srli, .slli, chained: true),
    FusedPair(.slliSrai, .slli, .srai, chained: true),
    FusedPair(.sraiAnd, .srai, .and, chained: true),
    FusedPair(.andXor, .and, .xor, chained: true),
    FusedPair(.xorMul, .xor, .mul, chained: true),
    FusedPair(.srliXor, .srli, .xor, chained: true),
    FusedPair(.mulSrli, .mul, .srli, chained: true),
    FusedPair(.addiwSlli, .addiw, .slli, chained: true),
    FusedPair(.addiAddiw, .addi, .addiw, chained: true),
    FusedPair(.addiAddi, .addi, .addi),
    FusedPair(.addiAuipc, .addi, .auipc),
    FusedPair(.slliAuipc, .slli, .auipc),
    FusedPair(.addiwAddi, .addiw, .addi),
    FusedPair(.xorSrli, .xor, .srli),
    FusedPair(.xorSrliw, .xor, .srliw),
    FusedPair(.srliwAddiw, .srliw, .addiw),
    FusedPair(.addLd, .add, .ld, chained: true),
    FusedPair(.addiSd, .addi, .sd, chained: true),
    FusedPair(.addiLd, .addi, .ld),
    FusedPair(.ldLd, .ld, .ld),
    FusedPair(.ldAddi, .ld, .addi),
    FusedPair(.ldAndi, .ld, .andi, chained: true),
    FusedPair(.sdSd, .sd, .sd),
    FusedPair(.sdAddi, .sd, .addi),
    FusedPair(.addiBne, .addi, .bne),
    FusedPair(.addiBlt, .addi, .blt),
    FusedPair(.andiBeq, .andi, .beq),
    FusedPair(.andiBne, .andi, .bne),
    FusedPair(.addiwBeq, .addiw, .beq),
    FusedPair(.srliBne, .srli, .bne),
    FusedPair(.lwBeq, .lw, .beq),
    FusedPair(.lwBne, .lw, .bne),
    FusedPair(.lwBgeu, .lw, .bgeu),
    FusedPair(.addiJalr, .addi, .jalr),
    FusedPair(.auipcJal, .auipc, .jal),
  ]

  /// The pairs by their first operation.
  private static let byFirst: [[FusedPair]] = Operation.allCases.map { first in
    all.filter { $0.first == first }
  }

  /// Fuses what can be among a block's `count` instructions.
  static func fuse(_ instructions: UnsafeMutablePointer<DecodedInstruction>, count: Int) {
    var n = 0
    while n + 1 < count {
      if let run = run(instructions + n) {
        instructions[n].operation = run
        // The last of a run ends it, in no pair.
        if n + 2 == count || self.run(instructions + n + 1) == nil { n += 1 }
      } else if let pair = find(instructions + n) {
        instructions[n].operation = pair.fused
        n += 1
      }
      n += 1
    }
  }

  /// What the first of two becomes that are a run, or part of one.
  private static func run(_ two: UnsafeMutablePointer<DecodedInstruction>) -> Operation? {
    let operation = two[0].operation
    guard two[1].operation == operation, two[1].rs1 == two[0].rs1 else { return nil }
    return switch operation {
    case .ld where two[0].rd != two[0].rs1: .ldRun
    case .sd: .sdRun
    default: nil
    }
  }

  private static func find(_ two: UnsafeMutablePointer<DecodedInstruction>) -> FusedPair? {
    let first = two[0].rd
    for pair in byFirst[Int(two[0].operation.rawValue)] where pair.second == two[1].operation {
      guard pair.isChained, two[1].rs1 != first else { return pair }
      guard two[1].operation.isCommutative, two[1].rs2 == first else { continue }
      swap(&two[1].rs1, &two[1].rs2)
      return pair
    }
    return nil
  }
}

extension Operation {
  private static let firsts: [Operation] = allCases.map { operation in
    switch operation {
    case .ldRun: .ld
    case .sdRun: .sd
    default: FusedPair.all.first { $0.fused == operation }?.first ?? operation
    }
  }

  /// The first of the two operations that this is the fusion of; itself, where it is none.
  var first: Operation { Self.firsts[Int(rawValue)] }

  fileprivate var isCommutative: Bool {
    switch self {
    case .add, .and, .or, .xor, .mul: true
    default: false
    }
  }
}

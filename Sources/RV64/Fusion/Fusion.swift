/// Instructions that blocks often have one behind the other, and that the hot loop carries out at once.
///
/// *Fusion.* The first of them gets an operation of its own, which does the work of all; the others stay as they are.
/// So nothing else changes: there is one record for each instruction, which says what has retired, where a trap is, and
/// where a block goes on that was left in their middle. It saves dispatches, and where one is *chained* to the one before
/// it takes that one's result from a register of the host's, instead of waiting for it in memory.
///
/// *Runs.* As many `ld` or `sd` on one base register as follow each other are done at once, too: all but the last get an
/// operation that says so. With what stands before or behind them they are a function's prologue and epilogue.
///
/// The sequences are those that were found most often in xv6's kernels and in arithmetic.
struct Fusion {
  var fused: Operation
  var parts: [Operation]
  /// The places of those whose rs1 must be the rd of the one before.
  var chained: [Int]

  private init(_ fused: Operation, _ parts: Operation..., chained: [Int] = []) {
    (self.fused, self.parts, self.chained) = (fused, parts, chained)
  }

  static let all: [Fusion] = [
    // Constants, and what is computed from them.
    Fusion(.addiAddi, .addi, .addi),
    Fusion(.addiAddiAddi, .addi, .addi, .addi),
    Fusion(.addiAddiAddiAddi, .addi, .addi, .addi, .addi),
    Fusion(.addiAuipc, .addi, .auipc),
    Fusion(.addiAuipcAuipc, .addi, .auipc, .auipc),
    Fusion(.addiAuipcJal, .addi, .auipc, .jal),
    Fusion(.auipcAuipc, .auipc, .auipc),
    Fusion(.auipcAuipcAdd, .auipc, .auipc, .add, chained: [2]),
    Fusion(.auipcJal, .auipc, .jal),
    Fusion(.slliAuipc, .slli, .auipc),
    Fusion(.slliAuipcAuipc, .slli, .auipc, .auipc),
    // Computations.
    Fusion(.slliAdd, .slli, .add, chained: [1]),
    Fusion(.andiSlli, .andi, .slli, chained: [1]),
    Fusion(.andiSlliAdd, .andi, .slli, .add, chained: [1, 2]),
    Fusion(.srlAndi, .srl, .andi, chained: [1]),
    Fusion(.srlAndiSlliAdd, .srl, .andi, .slli, .add, chained: [1, 2, 3]),
    Fusion(.srliSlli, .srli, .slli, chained: [1]),
    Fusion(.slliSrai, .slli, .srai, chained: [1]),
    Fusion(.sraiAnd, .srai, .and, chained: [1]),
    Fusion(.andXor, .and, .xor, chained: [1]),
    Fusion(.xorMul, .xor, .mul, chained: [1]),
    Fusion(.srliXor, .srli, .xor, chained: [1]),
    Fusion(.mulSrli, .mul, .srli, chained: [1]),
    Fusion(.addiwSlli, .addiw, .slli, chained: [1]),
    Fusion(.addiAddiw, .addi, .addiw, chained: [1]),
    Fusion(.addiAddiwSlli, .addi, .addiw, .slli, chained: [1, 2]),
    Fusion(.cpuAddress, .addi, .addiw, .slli, .auipc, .auipc, .add, chained: [1, 2, 5]),
    Fusion(.addiwAddi, .addiw, .addi),
    Fusion(.addiwAddiw, .addiw, .addiw),
    Fusion(.xorSrli, .xor, .srli),
    Fusion(.xorSrliw, .xor, .srliw),
    Fusion(.srliwAddiw, .srliw, .addiw),
    Fusion(.subSltiu, .sub, .sltiu, chained: [1]),
    // Memory.
    Fusion(.addLd, .add, .ld, chained: [1]),
    Fusion(.addiSd, .addi, .sd, chained: [1]),
    Fusion(.addiLd, .addi, .ld),
    Fusion(.ldLd, .ld, .ld),
    Fusion(.ldAddi, .ld, .addi),
    Fusion(.ldAddiJalr, .ld, .addi, .jalr),
    Fusion(.ldAndi, .ld, .andi, chained: [1]),
    Fusion(.ldAndiBeq, .ld, .andi, .beq, chained: [1]),
    Fusion(.ldAuipcJal, .ld, .auipc, .jal),
    Fusion(.walkStep, .srl, .andi, .slli, .add, .ld, .andi, .beq, chained: [1, 2, 3, 4, 5]),
    Fusion(.lwAddiwSw, .lw, .addiw, .sw, chained: [1]),
    Fusion(.sdSd, .sd, .sd),
    Fusion(.sdAddi, .sd, .addi),
    // Branches and returns.
    Fusion(.addBgeu, .add, .bgeu),
    Fusion(.addiBeq, .addi, .beq),
    Fusion(.addiBne, .addi, .bne),
    Fusion(.addiBlt, .addi, .blt),
    Fusion(.andiBeq, .andi, .beq),
    Fusion(.andiBne, .andi, .bne),
    Fusion(.addiwBeq, .addiw, .beq),
    Fusion(.addiwAddiwSwBne, .addiw, .addiw, .sw, .bne, chained: [1]),
    Fusion(.srliBne, .srli, .bne),
    Fusion(.srliSlliAddiwBeq, .srli, .slli, .addiw, .beq, chained: [1]),
    Fusion(.lwBeq, .lw, .beq),
    Fusion(.lwBeqAuipcJal, .lw, .beq, .auipc, .jal),
    Fusion(.lwBne, .lw, .bne),
    Fusion(.lwBge, .lw, .bge),
    Fusion(.lwBgeu, .lw, .bgeu),
    Fusion(.swBne, .sw, .bne),
    Fusion(.addiJalr, .addi, .jalr),
    // Interrupts off, and whether they are on.
    Fusion(.interruptsOff, .statusRead, .statusRead, .andi, .statusWrite, chained: [2, 3]),
    Fusion(.statusReadAndi, .statusRead, .andi, chained: [1]),
    Fusion(.statusReadAndiBne, .statusRead, .andi, .bne, chained: [1]),
    Fusion(.statusReadAndiStatusWrite, .statusRead, .andi, .statusWrite, chained: [1, 2]),
  ]

  /// The fusions by their first operation, the longest first.
  private static let byFirst: [[Fusion]] = Operation.allCases.map { first in
    all.filter { $0.parts[0] == first }.sorted { $0.parts.count > $1.parts.count }
  }

  /// Fuses what can be among the `count` records of a block.
  static func fuse(_ records: UnsafeMutablePointer<DecodedInstruction>, count: Int) {
    var n = 0
    while n < count {
      n += fuseRun(records + n, count - n) ?? fuse(first: records + n, count - n)
    }
  }

  /// Fuses what begins with the first of `count` records, and says how many it was.
  private static func fuse(first: UnsafeMutablePointer<DecodedInstruction>, _ count: Int) -> Int {
    for fusion in byFirst[Int(first.pointee.operation.rawValue)] where fusion.fits(first, count) {
      for n in fusion.chained where first[n].rs1 != first[n - 1].rd { swap(&first[n].rs1, &first[n].rs2) }
      first.pointee.operation = fusion.fused
      return fusion.parts.count
    }
    return 1
  }

  private func fits(_ first: UnsafeMutablePointer<DecodedInstruction>, _ count: Int) -> Bool {
    guard parts.count <= count else { return false }
    for n in 1..<parts.count where first[n].operation != parts[n] { return false }
    for n in chained where first[n].rs1 != first[n - 1].rd {
      guard first[n].operation.isCommutative, first[n].rs2 == first[n - 1].rd else { return false }
    }
    return true
  }

  /// Fuses a run, a prologue or an epilogue, and says how many records it was; nil where there is none.
  private static func fuseRun(_ first: UnsafeMutablePointer<DecodedInstruction>, _ count: Int) -> Int? {
    switch first.pointee.operation {
    case .addi:
      let stores = run(of: .sd, first + 1, count - 1)
      guard stores > 0, first[1].rs1 == first[0].rd, stores + 2 <= count, first[stores + 1].operation == .addi
      else { return nil }
      mark(first + 1, stores, .sdRun)
      first.pointee.operation = .prologue
      return stores + 2
    case .ld:
      let loads = run(of: .ld, first, count)
      guard loads > 1 else { return nil }
      mark(first, loads, .ldRun)
      guard loads + 2 <= count, first[loads].operation == .addi, first[loads + 1].operation == .jalr else {
        return loads
      }
      first.pointee.operation = .epilogue
      return loads + 2
    case .sd:
      let stores = run(of: .sd, first, count)
      guard stores > 1 else { return nil }
      mark(first, stores, .sdRun)
      return stores
    default:
      return nil
    }
  }

  /// How many of `count` records are `operation` on one base register, which only the last may load.
  private static func run(
    of operation: Operation, _ first: UnsafeMutablePointer<DecodedInstruction>, _ count: Int
  ) -> Int {
    var length = 0
    while length < count, first[length].operation == operation, first[length].rs1 == first[0].rs1 {
      length += 1
      if operation == .ld && first[length - 1].rd == first[0].rs1 { break }
    }
    return length
  }

  /// The last of a run keeps its operation.
  private static func mark(
    _ first: UnsafeMutablePointer<DecodedInstruction>, _ length: Int, _ operation: Operation
  ) {
    for n in 0..<(length - 1) { first[n].operation = operation }
  }
}

extension Operation {
  private static let firsts: [Operation] = allCases.map { operation in
    switch operation {
    case .prologue: .addi
    case .epilogue, .ldRun: .ld
    case .sdRun: .sd
    default: Fusion.all.first { $0.fused == operation }?.parts[0] ?? operation
    }
  }

  /// The first of the operations that this is the fusion of; itself, where it is none.
  var first: Operation { Self.firsts[Int(rawValue)] }

  fileprivate var isCommutative: Bool {
    switch self {
    case .add, .and, .or, .xor, .mul: true
    default: false
    }
  }
}

/// Instructions that often follow each other in blocks. The hot loop does them at once.
///
/// *Fusion.* The first instruction gets an operation of its own, which does the work of all; the records of
/// the others stay as they are. So nothing else changes. There is still one record for each instruction,
/// which says how many instructions have retired, where a trap is, and where a block goes on if it was left
/// in the middle. Fusion saves dispatches. If an instruction is *chained* to the one before it, it takes that
/// result from a host register and need not wait for it in memory.
///
/// *Runs.* `ld` or `sd` instructions that follow each other on one base register are done at once, too: all
/// but the last get an operation that says so. Together with the instructions before or behind them they are
/// the prologue and the epilogue of a function.
///
/// The list of fusions (`FusionList.swift`) and what each does in the hot loop are generated. `FusedSequence`
/// of RV64Generator states each fusion once, by its parts.
struct Fusion {
  var fused: Operation
  var parts: [Operation]
  /// The places of the parts whose rs1 must be the rd of the part before.
  var chained: [Int]

  init(_ fused: Operation, _ parts: [Operation], chained: [Int]) {
    (self.fused, self.parts, self.chained) = (fused, parts, chained)
  }

  /// The fusions by their first operation, the longest first.
  private static let byFirst: [[Fusion]] = Operation.allCases.map { first in
    all.filter { $0.parts[0] == first }.sorted { $0.parts.count > $1.parts.count }
  }

  /// Fuses what can be fused among the `count` records of a block.
  static func fuse(_ records: UnsafeMutablePointer<DecodedInstruction>, count: Int) {
    var n = 0
    while n < count {
      n += fuseRun(records + n, count - n) ?? fuse(first: records + n, count - n)
    }
  }

  /// Fuses the records that begin with the first of `count`, and returns how many they are.
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
      guard first[n].operation.commutes, first[n].rs2 == first[n - 1].rd else { return false }
    }
    return true
  }

  /// Fuses a run, a prologue or an epilogue, and returns how many records it has; nil if none begins here.
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

  /// How many of `count` records are `operation` on one base register. Only the last may load into that
  /// register.
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

  /// The operation of the first part, if this is a fusion; otherwise the operation itself.
  var first: Operation { Self.firsts[Int(rawValue)] }
}

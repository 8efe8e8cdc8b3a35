import HostSupport
import Sv39MMU

/// Explanations as JSON, for programs. Addresses and entries are strings, because not every JSON reader can
/// hold 64 bits in a number.
extension ProcessExplanation {
  private struct Document: Encodable {
    var command: [String]
    var pid: Int32
    var program: String
    var stopped: String
    var instructions: UInt64?
    var pc: String
    var source: String?
    var stackPointer: String
    var size: String
    var fault: Fault?
    var addresses: [Address]
    var table: Table
    var twoLevelTables: TwoLevel?
  }

  private struct Fault: Encodable {
    var address: String
    var access: String
  }

  private struct Address: Encodable {
    var asked: String
    var address: String
    var place: String
    var sentence: String
    var source: String?
    var indices: [UInt64]
    var offset: UInt64
    var steps: [Step]
    var physicalAddress: String?
    /// The accesses that user mode may not do, by `fetch`, `load`, `store`, and why.
    var refused: [String: String]
    /// Directory index, table index and offset of 10 + 10 + 12 bits.
    var twoLevel: [Int]?
  }

  private struct Step: Encodable {
    var level: Int
    var index: Int
    var address: String
    var entry: String
    var flags: String
    var leadsTo: String?
  }

  private struct Table: Encodable {
    var root: String
    /// One number for each level, from the root's level down.
    var tables: [Int]
    var entriesInUse: [Int]
    var userPages: UInt64
    var kernelPages: UInt64
    var pages: Int
    /// One line for each node, if the tree was asked for.
    var tree: [String]?
  }

  private struct TwoLevel: Encodable {
    var mapped: UInt64
    var tables: UInt64
    var pages: UInt64
    var bytes: UInt64
  }

  /// One JSON object. With `twoLevel`, it also says what the lecture's two-level tables would do.
  package func json(twoLevel: Bool = false) -> String {
    let cost = twoLevelCost
    return JSONText.of(
      Document(
        command: command, pid: pid, program: program, stopped: stopped, instructions: retired, pc: hex(pc),
        source: source, stackPointer: hex(stackPointer), size: hex(size),
        fault: fault.map { Fault(address: hex($0.va), access: $0.access.verb) },
        addresses: addresses.map { address($0, twoLevel: twoLevel) },
        table: Table(
          root: hex(tree.root), tables: tree.tables.reversed(), entriesInUse: tree.entriesInUse.reversed(),
          userPages: tree.userPages, kernelPages: tree.kernelPages, pages: tree.cost,
          tree: showsTree ? tree.lines : nil),
        twoLevelTables: twoLevel
          ? TwoLevel(mapped: cost.mapped, tables: cost.tables, pages: cost.pages, bytes: cost.bytes) : nil))
  }

  private func address(_ found: AddressExplanation, twoLevel: Bool) -> Address {
    let cut = twoLevel ? TwoLevelTables.Address(found.va) : nil
    return Address(
      asked: found.asked, address: hex(found.va), place: found.place.rawValue, sentence: found.sentence,
      source: found.source, indices: [2, 1, 0].map { PX($0, found.va) }, offset: found.va & (PGSIZE - 1),
      steps: found.walk.steps.map { step in
        Step(
          level: step.level, index: step.index, address: hex(step.address), entry: hex(step.entry.rawValue),
          flags: step.entry.flags.spelledOut, leadsTo: step.entry.v ? hex(step.entry.pa) : nil)
      },
      physicalAddress: found.physicalAddress.map { hex($0) },
      refused: Dictionary(
        found.refusals.map { ($0.access.verb, $0.fault.description) }, uniquingKeysWith: { first, _ in first }
      ),
      twoLevel: cut.map { [$0.directoryIndex, $0.tableIndex, $0.offset] })
  }
}

extension TwoLevelTables {
  private struct Exercise: Encodable {
    var onePage: Answer
    var everyPage: Answer
    var flatBytes: UInt64
  }

  private struct Answer: Encodable {
    var mapped: UInt64
    var tables: UInt64
    var pages: UInt64
    var bytes: UInt64

    init(_ cost: Cost) {
      mapped = cost.mapped
      tables = cost.tables
      pages = cost.pages
      bytes = cost.bytes
    }
  }

  /// The lecture's exercise with its solution, as one JSON object.
  package static var exerciseJSON: String {
    JSONText.of(Exercise(onePage: Answer(onePage), everyPage: Answer(everyPage), flatBytes: flatBytes))
  }
}

import RV64
import Sv39MMU
import TestSupport

/// Programs in one image, run by both machines, and compared.
final class Batch {
  private let own: OwnMachine
  private let scout: OwnMachine
  private let image: RAMFile
  private(set) var programs: [Program] = []

  /// A fault to plant, for a test of the tests: this hart gets other instructions than QEMU.
  private let distort: ((UInt32) -> UInt32)?

  init(
    fastPaths: FastPaths = .standard, distort: ((UInt32) -> UInt32)? = nil
  ) throws(DifferentialError) {
    self.distort = distort
    own = try OwnMachine(fastPaths: fastPaths)
    scout = try OwnMachine(fastPaths: fastPaths)
    image = try RAMFile()
    try copyToImage(Layout.ramBase, Layout.header - Layout.ramBase)
  }

  private func copyToImage(_ address: UInt64, _ count: UInt64) throws(DifferentialError) {
    guard let pointer = own.memory.pointer(address, count: Int(count)) else { return }
    try image.write(address, UnsafeRawBufferPointer(start: pointer, count: Int(count)))
  }

  /// Puts a program into the next slot and runs it here. If it does not end, or meets a choice, nothing
  /// has happened, and the answer says so.
  ///
  /// Programs that may do anything are tried on a machine of their own first: what one does on its way to
  /// nowhere, the others must not feel.
  func add(_ program: Program) throws(DifferentialError) -> (end: OwnMachine.End, retired: UInt64) {
    let n = programs.count
    let slot = Layout.slot(n)
    var ours = program
    if let distort { ours.instructions = program.instructions.map(distort) }
    if program.isWild {
      let saved = scout.hart.save()
      ours.place(at: slot, in: scout.memory)
      let end = scout.run(program, slot: n)
      guard end == .done else {
        scout.hart.restore(saved)
        return (end, 0)
      }
    }
    let saved = own.hart.save()
    program.place(at: slot, in: own.memory)
    try copyToImage(slot, Layout.slotSize)
    if distort != nil { ours.place(at: slot, in: own.memory) }
    let before = own.hart.retired
    let end = own.run(program, slot: n)
    guard end == .done else {
      own.hart.restore(saved)
      return (end, 0)
    }
    programs.append(program)
    return (end, own.hart.retired - before)
  }

  func state(_ n: Int) -> SlotState { own.state(n) }

  /// Runs all programs in QEMU and answers which of them differ.
  func compare(with oracle: QEMU, patience: Double = 20) throws(DifferentialError) -> [Mismatch] {
    own.setHeader(programs.indices)
    try copyToImage(Layout.header, 16)
    let finished = try oracle.run(image, patience: patience)
    let reached = finished ? programs.count : Int(image.load64(Layout.header)) - 1
    var mismatches: [Mismatch] = []
    for (n, program) in programs.enumerated() {
      if n == reached {
        mismatches.append(Mismatch(slot: n, program: program, oracle: nil, own: state(n)))
        break
      }
      let theirs = SlotState(bytes: try image.read(Layout.slot(n), Int(Layout.slotSize)))
      var ours = state(n)
      if distort != nil { ours.takeCode(from: theirs) }
      if ours != theirs { mismatches.append(Mismatch(slot: n, program: program, oracle: theirs, own: ours)) }
    }
    return mismatches
  }
}

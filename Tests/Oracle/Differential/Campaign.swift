import Foundation
import RV64
import Synchronization
import TestSupport

/// How much is to be run.
package struct CampaignOptions: Sendable {
  package var seed: UInt64 = 1
  /// Instructions of generated programs that must have been retired and compared; the last image is run to
  /// its end.
  package var instructions: UInt64 = 10_000_000
  /// Programs in an image, not more than there are slots.
  package var programs = Layout.slots
  /// What makes our hart fast, in this run.
  package var fastPaths = FastPaths.standard
  /// Mismatches after which to stop.
  package var mostMismatches = 10

  package init() {}
}

/// Every program comes from one number.
enum Generator {
  /// Of every so many programs one is entangled.
  private static let entangledEvery: UInt64 = 12

  static func isEntangled(_ seed: UInt64) -> Bool { seed % entangledEvery == 0 }

  static func program(_ seed: UInt64) -> Program {
    if isEntangled(seed) {
      var generator = EntangledGenerator(seed: seed)
      return generator.generate()
    }
    var generator = UniformGenerator(seed: seed)
    return generator.generate()
  }
}

/// Batch after batch of random programs, until enough instructions have been compared.
package struct Campaign: Sendable {
  let options: CampaignOptions
  let oracle: QEMU

  /// Images at a time.
  let jobs: Int

  package init(_ options: CampaignOptions, jobs: Int = 1, oracle: QEMU) {
    self.options = options
    self.jobs = jobs
    self.oracle = oracle
  }

  /// Runs to the end; `progress` hears of each round of batches.
  package func run(_ progress: (CampaignReport) -> Void = { _ in }) throws(DifferentialError)
    -> CampaignReport
  {
    var total = CampaignReport()
    var next: UInt64 = 0
    while total.retired < options.instructions && total.mismatches.count < options.mostMismatches {
      let round = Mutex([Int: Result<CampaignReport, DifferentialError>]())
      DispatchQueue.concurrentPerform(iterations: jobs) { [next] n in
        let result = Result { () throws(DifferentialError) in try run(batch: next + UInt64(n)) }
        round.withLock { $0[n] = result }
      }
      for n in 0..<jobs { if let result = round.withLock({ $0[n] }) { total.add(try result.get()) } }
      next += UInt64(jobs)
      progress(total)
    }
    return total
  }

  /// One image of programs; which they are depends on the seed and the batch's number only.
  func run(batch number: UInt64) throws(DifferentialError) -> CampaignReport {
    var mixer = SeededGenerator(seed: options.seed &* 0x1_0000_0001 ^ number << 20)
    var report = CampaignReport()
    let batch = try Batch(fastPaths: options.fastPaths)
    var seeds: [UInt64] = []
    while batch.programs.count < options.programs {
      let seed = mixer.next()
      let (end, retired) = try batch.add(Generator.program(seed))
      guard end == .done else {
        report.dropped["\(end)", default: 0] += 1
        continue
      }
      seeds.append(seed)
      let kind = Generator.isEntangled(seed) ? 1 : 0
      let traps = batch.state(seeds.count - 1).traps
      report.programs[kind] += 1
      report.instructions[kind] += Monitor.programs(share: retired, traps: traps.count)
      for trap in traps { report.traps[trap.cause, default: 0] += 1 }
      if seeds.count % Coverage.every == 0 { report.coverage.count(batch.programs[seeds.count - 1]) }
    }
    for mismatch in try batch.compare(with: oracle) {
      let last = mismatch.firstTrap ?? Layout.mostTraps
      if let choice = try MetChoice.before(trap: last, of: mismatch.program, slot: mismatch.slot) {
        report.excused[choice, default: 0] += 1
        continue
      }
      report.mismatches.append(Finding(seed: seeds[mismatch.slot], text: mismatch.description))
    }
    return report
  }
}

/// What the monitor itself retires, so that it is not counted.
enum Monitor {
  /// More than it takes to start and to end a program, and to handle a trap.
  private static let frame: UInt64 = 190
  private static let trap: UInt64 = 130

  /// Of `retired` instructions, those that surely were the program's.
  static func programs(share retired: UInt64, traps: Int) -> UInt64 {
    let own = frame + trap * UInt64(traps)
    return retired > own ? retired - own : 0
  }
}

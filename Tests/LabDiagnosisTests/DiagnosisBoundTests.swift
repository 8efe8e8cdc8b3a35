import Foundation
import Sv39MMU
import Testing

@testable import LabDiagnosis
@testable import LabMeter
@testable import LabModel

/// A kernel can make a diagnosis keep only a bounded amount of data.
struct DiagnosisBoundTests {
  @Test func `a kernel that maps for ever is followed to a bound, and that is said`() throws {
    let lab = try LabCatalogue.lab("lazy")
    var builder = DiagnosisBuilder(lab.tests[0], library: ProgramLibrary(lab: "lazy"), knowledge: nil)
    builder.mostMappings = 1000
    let leaf = PTE(pa: 0x8000_0000, flags: [.v, .r, .u])
    for _ in 0..<builder.mostMappings {
      builder.hear(.pageMapped(pagetable: 0x8000_1000, address: 0, entry: leaf), at: 1)
    }
    #expect(builder.diagnosis(of: .failed(status: 1)).gap == nil)
    builder.hear(.pageMapped(pagetable: 0x8000_1000, address: 0, entry: leaf), at: 1)
    #expect(try #require(builder.diagnosis(of: .failed(status: 1)).gap).contains("1,000 times"))
  }

  /// A worker's process belongs to a solution, so its answer may be wrong. It is drawn only if it makes
  /// sense.
  @Test(arguments: [
    (#""interval":1"#, #""interval":0"#), (#""every":1"#, #""every":0"#), (#""end":0"#, #""end":99999"#),
    (#""pages":1,"#, #""pages":-1,"#),
  ])
  func `what a worker answers spoils no drawing`(good: String, bad: String) throws {
    let map = MemoryMap(
      program: "p", pid: 2, sizes: (4096, 4096), image: 0, before: [0], after: [0])
    var measured = Measured.unknown(Outcome(.finished))
    measured.map = map
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(measured), as: UTF8.self)
    // The last field of an object has no comma after it.
    let spoiled = text.replacing(good, with: bad).replacing(
      good.replacing(",", with: "}"), with: bad.replacing(",", with: "}"))
    #expect(spoiled != text)
    var diagnosis = Diagnosis()
    diagnosis.memory = measured
    #expect(diagnosis.madeVisible().memory == measured)
    diagnosis.memory = try JSONDecoder().decode(Measured.self, from: Data(spoiled.utf8))
    #expect(diagnosis.madeVisible().memory == nil)
  }

  @Test func `a walk has no more entries than tables have`() {
    let step = PageWalk.Step(level: 2, index: 1, address: 0, entry: PTE(rawValue: 1))
    var wrong = [step, step]
    wrong[0].index = .max
    wrong[1].level = -1
    let walk = PageWalk(
      va: 0, access: .load, privilege: .user, steps: wrong + [step], result: .fault(.invalid(level: 1)))
    let fault = FaultReport(
      kind: .fault, pid: 1, program: "p", repetitions: 1, size: 0, walk: walk, response: .nothing)
    #expect(Diagnosis(fault: fault).madeVisible().fault?.walk?.steps == [step])
  }
}

import Foundation
import LazyVariants
import Synchronization
import Testing
import XV6Kernel

@testable import LabDiagnosis
@testable import LabModel
@testable import LazyDiagnosis

/// The catalogue of mistakes, and what its rules find in runs without mistakes.
@Suite struct CatalogueTests {
  @Test func idsAreUnique() {
    let ids = MistakeCatalogue.entries.map(\.id)
    #expect(Set(ids).count == ids.count)
  }

  /// The names of all clues that the files of the lab's diagnosis declare.
  private static func declaredClues() throws -> [String] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
      path: "../../labs/lazy/diagnosis")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let names = try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8)
        .matches(of: /static let (\w+) = Clue\("(\w+)"\)/).map { (String($0.1), String($0.2)) }
    }
    for (name, text) in names { #expect(name == text) }
    return names.map(\.0)
  }

  @Test func everyClueShowsSomething() throws {
    let used = MistakeCatalogue.entries.flatMap { $0.shown + $0.likely }
    #expect(Set(used.map(\.name)) == Set(try Self.declaredClues()))
    #expect(used.count == Set(used).count, "a clue for two mistakes would name both")
  }

  /// An explanation is two sentences. It does not name a function that the student must change, and has no
  /// code.
  @Test(arguments: MistakeCatalogue.mistakes) func explanationsAreForStudents(_ mistake: Mistake) {
    #expect(mistake.explanation.matches(of: /[.!?](?: |$)/).count == 2, "\(mistake.explanation)")
    #expect(!mistake.explanation.contains { "\n{}=".contains($0) })
    #expect(!mistake.name.isEmpty && !mistake.concept.isEmpty && mistake.staffNote.hasPrefix("Look at "))
  }

  /// The run of a correct solution, whatever its design, gives no sign of any mistake.
  @Test(arguments: ["stores-entries", "copies-zero-page"], ["sbrkarg"])
  func correctRunsGiveNoClue(_ name: String, _ test: String) throws {
    let variant = try #require(LazyVariants.all.first { $0.name == name })
    let lab = try LabCatalogue.lab("lazy")
    let test = try #require((lab.tests + lab.extra).first { $0.name == test })
    let builder = Mutex(
      DiagnosisBuilder(test, library: ProgramLibrary(lab: "lazy"), knowledge: LazyKnowledge()))
    var configuration = KernelConfiguration(
      solution: variant.make.init(), disk: try LabDisk.image(for: "lazy"))
    configuration.arguments = ["init"] + test.run
    configuration.follow = { event, retired in builder.withLock { $0.hear(event, at: retired) } }
    let kernel = try Kernel(configuration)
    #expect(kernel.run() == .finished(status: 0))
    let diagnosis = builder.withLock { $0.diagnosis(of: .failed(status: 1)) }
    #expect(diagnosis.mistakes.map(\.staffNote) == [])
  }
}

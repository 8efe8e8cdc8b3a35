import Foundation

/// The contents of `labs/` when this package was built: the RV64 programs, and each lab's description.
package enum LabPrograms {
  /// The programs of a disk image for `lab`, sorted by name: the shell utilities and the lab's own. The
  /// programs of `labs/benchmarks/programs` belong to a lab `benchmarks`, which has no description. All of
  /// them have debug information, which a disk does not need: `ELF.loadableImage()` removes it.
  package static func programs(for lab: String) -> [(name: String, elf: [UInt8])] {
    embeddedPrograms
      .filter { $0.lab == nil || $0.lab == lab }
      .map { ($0.name, $0.bytes) }
      .sorted { $0.0 < $1.0 }
  }

  /// The programs of `labs/<lab>/workloads`, sorted by name, with debug information.
  package static func workloadPrograms(of lab: String) -> [(name: String, elf: [UInt8])] {
    embeddedPrograms.filter { $0.lab == lab + "-workloads" }.map { ($0.name, $0.bytes) }.sorted {
      $0.0 < $1.0
    }
  }

  /// The bytes of `labs/<lab>/workloads.json`, or nil if the lab has none.
  package static func workloads(of lab: String) -> [UInt8]? {
    embeddedWorkloads.first { $0.name == lab }?.bytes
  }

  /// A program for a bare machine from `labs/guests` or `labs/benchmarks/guests`; nil if none has that name.
  package static func guest(_ name: String) -> [UInt8]? { embeddedGuests.first { $0.name == name }?.bytes }

  /// Only the names of these programs. No program is decoded for this.
  package static func names(for lab: String) -> Set<String> {
    Set(embeddedPrograms.filter { $0.lab == nil || $0.lab == lab }.map(\.name))
  }

  /// The names of the labs, sorted.
  package static var labs: [String] { embeddedDescriptions.map(\.name).sorted() }

  /// The bytes of `labs/<lab>/lab.json`, or nil if there is no such lab.
  package static func description(of lab: String) -> [UInt8]? {
    embeddedDescriptions.first { $0.name == lab }?.bytes
  }
}

/// A file that the build embedded.
struct EmbeddedFile: Sendable {
  let name: String
  /// The lab that it belongs to, or nil if it is on every image.
  let lab: String?
  let base64: StaticString

  /// The file's bytes. Each call decodes them again.
  var bytes: [UInt8] {
    let text = base64.withUTF8Buffer { Data($0) }
    return [UInt8](Data(base64Encoded: text) ?? Data())
  }
}

import Foundation

/// `labs/` as it was when this package was built: the RV64 programs, and what each lab says of itself.
public enum LabPrograms {
  /// The programs that a disk image for `lab` carries: the shell utilities and the lab's own, by name, sorted. Those of
  /// `labs/benchmarks/programs` are the lab `benchmarks`'s, which has no description. Each with debug information, which
  /// a disk has no use for (`ELF.loadableImage()`).
  public static func programs(for lab: String) -> [(name: String, elf: [UInt8])] {
    embeddedPrograms
      .filter { $0.lab == nil || $0.lab == lab }
      .map { ($0.name, $0.bytes) }
      .sorted { $0.0 < $1.0 }
  }

  /// The programs of `labs/<lab>/workloads`, by name, sorted; with debug information.
  package static func workloadPrograms(of lab: String) -> [(name: String, elf: [UInt8])] {
    embeddedPrograms.filter { $0.lab == lab + "-workloads" }.map { ($0.name, $0.bytes) }.sorted {
      $0.0 < $1.0
    }
  }

  /// The bytes of `labs/<lab>/workloads.json`, or nil where the lab has none.
  package static func workloads(of lab: String) -> [UInt8]? {
    embeddedWorkloads.first { $0.name == lab }?.bytes
  }

  /// A program for a bare machine from `labs/guests` or `labs/benchmarks/guests`; nil if none has that name.
  package static func guest(_ name: String) -> [UInt8]? { embeddedGuests.first { $0.name == name }?.bytes }

  /// Their names alone, with nothing decoded.
  public static func names(for lab: String) -> Set<String> {
    Set(embeddedPrograms.filter { $0.lab == nil || $0.lab == lab }.map(\.name))
  }

  /// The names of the labs, sorted.
  public static var labs: [String] { embeddedDescriptions.map(\.name).sorted() }

  /// The bytes of `labs/<lab>/lab.json`, or nil where there is no such lab.
  public static func description(of lab: String) -> [UInt8]? {
    embeddedDescriptions.first { $0.name == lab }?.bytes
  }
}

/// A file that the build embedded.
struct EmbeddedFile: Sendable {
  let name: String
  /// The lab it belongs to; nil for what every image carries.
  let lab: String?
  let base64: StaticString

  /// The file's bytes, decoded anew at each call.
  var bytes: [UInt8] {
    let text = base64.withUTF8Buffer { Data($0) }
    return [UInt8](Data(base64Encoded: text) ?? Data())
  }
}

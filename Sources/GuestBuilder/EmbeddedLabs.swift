import Foundation

/// Writes programs and lab descriptions as Swift source: base64 in static strings, which cost no time until
/// they are read.
struct EmbeddedLabs {
  let tree: LabTree
  let programs: [URL]
  let guests: [URL]

  func write(to output: URL) throws {
    var text = "// Generated from labs/ by GuestBuilder. Do not edit.\n\nextension LabPrograms {\n"
    text += "  static let embeddedPrograms: [EmbeddedFile] = [\n"
    for (program, elf) in zip(tree.programs, programs) {
      text += entry(name: program.name, lab: program.lab, bytes: try Data(contentsOf: elf))
    }
    text += "  ]\n\n  static let embeddedGuests: [EmbeddedFile] = [\n"
    for (guest, elf) in zip(tree.guests, guests) {
      text += entry(name: guest.name, lab: nil, bytes: try Data(contentsOf: elf))
    }
    text += "  ]\n\n  static let embeddedDescriptions: [EmbeddedFile] = [\n"
    for (name, description) in tree.labs {
      text += entry(name: name, lab: name, bytes: try Data(contentsOf: description))
    }
    text += "  ]\n\n  static let embeddedWorkloads: [EmbeddedFile] = [\n"
    for (name, table) in tree.workloads {
      text += entry(name: name, lab: name, bytes: try Data(contentsOf: table))
    }
    text += "  ]\n}\n"
    try Data(text.utf8).write(to: output, options: .atomic)
  }

  private func entry(name: String, lab: String?, bytes: Data) -> String {
    let lab = lab.map { "\"\($0)\"" } ?? "nil"
    return "    EmbeddedFile(name: \"\(name)\", lab: \(lab), base64: \"\(bytes.base64EncodedString())\"),\n"
  }
}

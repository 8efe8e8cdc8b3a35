import Foundation
import HostSupport
import LabEvents
import LabModel
import LabPrograms
import ObjectFile

/// What is known of the programs on a lab's disk: which parts they have, and which source their code comes from. Tests
/// that run side by side share it: its fields are guarded by `lock`, which the thread sanitizer understands, as it does not
/// Swift's own `Mutex`.
package final class ProgramLibrary: @unchecked Sendable {
  package let lab: String
  private var files: [String: [UInt8]]?
  private var maps: [String: CodeMap] = [:]
  private let lock = NSLock()

  package init(lab: String) { self.lab = lab }

  /// The program of that name; nil where it is none of the disk's.
  package func program(_ name: String) -> CodeMap? {
    lock.withLock {
      if let map = maps[name] { return map }
      if files == nil {
        let files = LabPrograms.programs(for: lab).map { ($0.name, $0.elf) }
        self.files = Dictionary(files, uniquingKeysWith: { first, _ in first })
      }
      guard let file = self.files?[name], let elf = try? ELF(parsing: file) else { return nil }
      let map = CodeMap(elf)
      maps[name] = map
      return map
    }
  }

  /// The function and the line of the code at `address` in the program `name`.
  package func place(of address: UInt64, in name: String) -> SourcePlace? {
    guard let location = program(name)?.location(of: address), let function = location.function else {
      return nil
    }
    return SourcePlace(function: function, file: location.file.map(shortened), line: location.line)
  }

  /// A path within `labs/`, without the folders that everybody knows: `usertests/memory.c`.
  private func shortened(_ path: String) -> String {
    for folder in ["labs/\(lab)/programs/", "labs/"] where path.hasPrefix(folder) {
      return String(path.dropFirst(folder.count))
    }
    return path
  }

  /// Whether `address`, within the image of the program `name`, is of its code or of its data.
  package func region(of address: UInt64, in name: String) -> Region {
    guard let text = program(name)?.elf.section(named: ".text") else { return .image }
    return address >= text.address && address - text.address < text.size ? .text : .data
  }
}

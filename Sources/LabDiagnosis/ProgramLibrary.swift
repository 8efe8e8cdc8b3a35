import Foundation
import HostSupport
import LabEvents
import LabModel
import LabPrograms
import ObjectFile

/// Knows the programs on a lab's disk: their parts, and the source lines of their code. Tests that run at
/// the same time share one library. `lock` guards its fields; it is not Swift's own `Mutex`, because the
/// thread sanitizer does not understand that.
package final class ProgramLibrary: @unchecked Sendable {
  package let lab: String
  private var files: [String: [UInt8]]?
  private var maps: [String: CodeMap] = [:]
  private let lock = NSLock()

  package init(lab: String) { self.lab = lab }

  /// The program `name`; nil if the disk has no such program.
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

  /// The function and the line of the code at `address` in the program `name`; nil if they are not known.
  package func place(of address: UInt64, in name: String) -> SourcePlace? {
    guard let location = program(name)?.location(of: address), let function = location.function else {
      return nil
    }
    return SourcePlace(function: function, file: location.file.map(shortened), line: location.line)
  }

  /// A path inside `labs/`, without the folders that are always the same: `usertests/memory.c`.
  private func shortened(_ path: String) -> String {
    for folder in ["labs/\(lab)/programs/", "labs/"] where path.hasPrefix(folder) {
      return String(path.dropFirst(folder.count))
    }
    return path
  }

  /// Whether `address`, in the image of the program `name`, is in the code or in the data.
  package func region(of address: UInt64, in name: String) -> Region {
    guard let text = program(name)?.elf.section(named: ".text") else { return .image }
    return address >= text.address && address - text.address < text.size ? .text : .data
  }
}

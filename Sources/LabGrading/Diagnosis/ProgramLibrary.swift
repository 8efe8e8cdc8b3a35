import LabEvents
import LabPrograms
import ObjectFile
import Synchronization

/// What is known of the programs on a lab's disk: which parts they have, and which source their code comes from.
final class ProgramLibrary: Sendable {
  private struct State {
    var files: [String: [UInt8]]?
    var maps: [String: CodeMap] = [:]
  }

  private let lab: String
  private let state = Mutex(State())

  init(lab: String) { self.lab = lab }

  /// The program of that name; nil where it is none of the disk's.
  func program(_ name: String) -> CodeMap? {
    state.withLock { state in
      if let map = state.maps[name] { return map }
      if state.files == nil {
        let files = LabPrograms.programs(for: lab).map { ($0.name, $0.elf) }
        state.files = Dictionary(files, uniquingKeysWith: { first, _ in first })
      }
      guard let file = state.files?[name], let elf = try? ELF(parsing: file) else { return nil }
      let map = CodeMap(elf)
      state.maps[name] = map
      return map
    }
  }

  /// The function and the line of the code at `address` in the program `name`.
  func place(of address: UInt64, in name: String) -> SourcePlace? {
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
  func region(of address: UInt64, in name: String) -> Region {
    guard let text = program(name)?.elf.section(named: ".text") else { return .image }
    return address >= text.address && address - text.address < text.size ? .text : .data
  }
}

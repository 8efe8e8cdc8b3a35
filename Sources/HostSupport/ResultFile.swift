import Foundation

/// A file that a command writes on the host: a disk, or results, which are written again each time there are
/// more.
package struct ResultFile: Sendable {
  /// The path as the user gave it, for messages.
  package let path: String
  private let url: URL
  /// Whether another file can replace this one in a single step. A pipe or a device cannot be replaced.
  private let isReplaceable: Bool

  package init(_ path: String) throws(InputError) {
    self.path = path
    url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let type = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.type] as? FileAttributeType
    guard type != .typeDirectory else { throw InputError("\(path): is a directory") }
    isReplaceable = type == nil || type == .typeRegular
  }

  /// A file in a folder of results, whose name this program chose. Whatever else has the name is replaced: a
  /// link is not followed, and a pipe is not waited for.
  package init(replacing path: String) throws(InputError) {
    self.path = path
    url = URL(fileURLWithPath: path)
    let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    guard type != .typeDirectory else { throw InputError("\(path): is a directory") }
    isReplaceable = true
  }

  /// Replaces the file's contents by `text`. A reader sees either all of the old text or all of the new text.
  /// A file that cannot be replaced is written only once, when the text is `final`.
  package func write(_ text: String, final: Bool) throws(InputError) {
    if isReplaceable || final { try write(Array(text.utf8)) }
  }

  /// Replaces the file's contents by `bytes` in the same way. A file that cannot be replaced is simply
  /// written.
  package func write(_ bytes: [UInt8]) throws(InputError) {
    try report {
      if isReplaceable {
        try Data(bytes).write(to: url, options: .atomic)
      } else {
        try add(bytes)
      }
    }
  }

  /// Adds `text` at the end of the file.
  package func append(_ text: String) throws(InputError) {
    try report { try add(Array(text.utf8)) }
  }

  private func add(_ bytes: [UInt8]) throws {
    if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
    let handle = try FileHandle(forWritingTo: url)
    defer { try? handle.close() }
    if isReplaceable { try handle.seekToEnd() }
    try handle.write(contentsOf: Data(bytes))
  }

  private func report(_ work: () throws -> Void) throws(InputError) {
    do {
      try work()
    } catch {
      throw InputError("\(path): cannot be written (\(error.localizedDescription))")
    }
  }
}

import Foundation

/// A file that a command leaves on the host: results, written anew whenever there is more to say, or a disk.
package struct ResultFile: Sendable {
  /// The path as it was given, for messages.
  package let path: String
  private let url: URL
  /// Whether the file can be replaced by another one at once: not so for a pipe or a device.
  private let isReplaceable: Bool

  package init(_ path: String) throws(InputError) {
    self.path = path
    url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let type = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.type] as? FileAttributeType
    guard type != .typeDirectory else { throw InputError("\(path): is a directory") }
    isReplaceable = type == nil || type == .typeRegular
  }

  /// Replaces what the file holds by `text`; a reader sees all of the old or all of the new. What cannot be replaced
  /// is written once, when the text is `final`.
  package func write(_ text: String, final: Bool) throws(InputError) {
    if isReplaceable || final { try write(Array(text.utf8)) }
  }

  /// Replaces what the file holds by `bytes`, in the same way; what cannot be replaced is written.
  package func write(_ bytes: [UInt8]) throws(InputError) {
    try report {
      if isReplaceable {
        try Data(bytes).write(to: url, options: .atomic)
      } else {
        try add(bytes)
      }
    }
  }

  /// Adds `text` to the file's end.
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

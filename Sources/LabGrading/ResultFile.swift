import Foundation

/// A file of results, written anew whenever there is more to say.
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
    guard isReplaceable || final else { return }
    do {
      if isReplaceable {
        try Data(text.utf8).write(to: url, options: .atomic)
      } else {
        try append(text)
      }
    } catch {
      throw InputError("\(path): cannot be written (\(error.localizedDescription))")
    }
  }

  /// Adds `text` to the file's end.
  package func append(_ text: String) throws(InputError) {
    do {
      if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
      let handle = try FileHandle(forWritingTo: url)
      defer { try? handle.close() }
      if isReplaceable { try handle.seekToEnd() }
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      throw InputError("\(path): cannot be written (\(error.localizedDescription))")
    }
  }
}

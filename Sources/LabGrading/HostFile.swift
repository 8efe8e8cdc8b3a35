import Foundation

/// Files of the host, as input.
package enum HostFile {
  /// All of the file at `path`; an `InputError` that names it where that cannot be had.
  package static func contents(of path: String) throws(InputError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      let exists = FileManager.default.fileExists(atPath: path)
      throw InputError("\(path): \(exists ? "cannot be read" : "no such file")")
    }
    return [UInt8](data)
  }
}

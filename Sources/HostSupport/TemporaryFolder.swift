import Foundation

/// A new folder for temporary files, which only this user can read. It goes with its last user, or with the
/// process.
package final class TemporaryFolder: Sendable {
  package let url: URL

  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "labrunner-\(UUID().uuidString)")
    Leftovers.add(folder: url.path)
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { Leftovers.remove(folder: url.path) }
}

/// What a path leads to.
package enum FileNode: Equatable, Sendable {
  case directory(links: Int)
  case file(links: Int, [UInt8])
  case device(Int, Int)
}

extension FileSystemImage {
  /// Everything that paths lead to, in an image without damage.
  package func tree(under path: String = "/") throws -> [String: FileNode] {
    let status = try status(path)
    switch status.type {
    case .file: return [path: .file(links: status.links, try read(path))]
    case .device: return [path: .device(status.major, status.minor)]
    case .directory:
      var nodes: [String: FileNode] = [path: .directory(links: status.links)]
      for entry in try list(path) where entry.name != .dot && entry.name != .dotDot {
        nodes.merge(try tree(under: path + (path == "/" ? "" : "/") + entry.name.description)) { $1 }
      }
      return nodes
    }
  }
}

import Foundation

/// Files of the host, as input: regular ones, of a size that is no surprise.
///
/// A folder that somebody hands in may hold anything: a pipe that nobody writes to, a link to `/dev/zero`, a file of a
/// terabyte that takes no room on the disk.
package enum HostFile {
  /// The most bytes that a kernel, a program or a disk image may have.
  package static let limit = 256 << 20

  /// The most bytes of a text: a lab's description, a Swift source, what a worker hands back.
  package static let textLimit = 4 << 20

  /// All of the file at `path`; an `InputError` that names it where that cannot be had, is no regular file, or has more
  /// than `limit` bytes. Never waits.
  package static func contents(of path: String, limit: Int = limit) throws(InputError) -> [UInt8] {
    let (descriptor, size) = try openRegular(path)
    defer { close(descriptor) }
    let tooLarge = InputError("\(path): larger than \(grouped(UInt64(limit))) bytes")
    guard size <= limit else { throw tooLarge }
    guard let bytes = read(descriptor, atMost: limit + 1, expected: size) else {
      throw InputError("\(path): cannot be read")
    }
    // It may have grown since, or be one of those that say nothing of their size.
    guard bytes.count <= limit else { throw tooLarge }
    return bytes
  }

  /// The first `count` bytes of the regular file at `path`, or all where it has fewer; nil where it cannot be read.
  package static func beginning(of path: String, count: Int) -> [UInt8]? {
    guard let descriptor = try? openRegular(path).descriptor else { return nil }
    defer { close(descriptor) }
    return read(descriptor, atMost: count, expected: count)
  }

  /// Opens the regular file at `path`, without waiting for anything; answers its size, too.
  private static func openRegular(_ path: String) throws(InputError) -> (descriptor: Int32, size: Int) {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw InputError("\(path): \(errno == ENOENT ? "no such file" : "cannot be read")")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw InputError(
        "\(path): \(status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "not a regular file")")
    }
    return (descriptor, Int(clamping: status.st_size))
  }

  /// The next `most` bytes, or all where there are fewer; nil where reading fails.
  private static func read(_ descriptor: Int32, atMost most: Int, expected: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < most {
      let wanted = min(most - bytes.count, max(expected - bytes.count, 4096))
      var got = 0
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        repeat {
          got = Foundation.read(descriptor, buffer.baseAddress, wanted)
        } while got < 0 && errno == EINTR
        count = max(0, got)
      }
      // Most files are one piece.
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      if got < 0 { return nil }
      if got == 0 { break }
    }
    return bytes
  }
}

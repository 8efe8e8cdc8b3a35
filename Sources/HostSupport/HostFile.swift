import Foundation

/// Reads files of the host as input: only regular files, and only up to a limited size.
///
/// A folder that a student hands in may hold anything: a pipe to which no program writes, a link to
/// `/dev/zero`, or a file of a terabyte that uses no space on the disk.
package enum HostFile {
  /// The most bytes that a kernel, a program or a disk image may have.
  package static let limit = 256 << 20

  /// The most bytes of a text: a lab's description, a Swift source, or the answer of a worker.
  package static let textLimit = 4 << 20

  /// All bytes of the file at `path`. Throws an `InputError` with the path if the file cannot be read, is not
  /// a regular file, or has more than `limit` bytes. Never waits.
  package static func contents(of path: String, limit: Int = limit) throws(InputError) -> [UInt8] {
    let (descriptor, size) = try openRegular(path)
    defer { close(descriptor) }
    let tooLarge = InputError("\(path): larger than \(grouped(UInt64(limit))) bytes")
    guard size <= limit else { throw tooLarge }
    guard let bytes = read(descriptor, atMost: limit + 1, expected: size) else {
      throw InputError("\(path): cannot be read")
    }
    // The file may have grown since, or it may be a file that does not report its size.
    guard bytes.count <= limit else { throw tooLarge }
    return bytes
  }

  /// The first `count` bytes of the regular file at `path`, or all if it has fewer. Nil if it cannot be read.
  package static func beginning(of path: String, count: Int) -> [UInt8]? {
    guard let descriptor = try? openRegular(path).descriptor else { return nil }
    defer { close(descriptor) }
    return read(descriptor, atMost: count, expected: count)
  }

  /// Opens the regular file at `path` without waiting. Returns its size, too.
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

  /// The next `most` bytes, or all if there are fewer; nil if a read fails.
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
      // Most files come in one piece.
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
      if got < 0 { return nil }
      if got == 0 { break }
    }
    return bytes
  }
}

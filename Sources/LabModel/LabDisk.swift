import LabPrograms
import ObjectFile
import XV6FileSystem

/// The disk for a lab's tests, with the shell's utilities and the lab's programs. It is made from the
/// embedded files each time.
package enum LabDisk {
  /// The programs on the disk of `lab`, each with the bytes that it has there.
  package static func programs(for lab: String) throws -> [(name: String, bytes: [UInt8])] {
    try LabPrograms.programs(for: lab).map { ($0.name, try ELF(parsing: $0.elf).loadableImage()) }
  }

  /// An xv6 image with the programs of `lab` and the `extra` files. An extra file replaces a program of the
  /// same name. If `lab` is not built in, the image has only the utilities.
  package static func image(for lab: String, extra: [(name: String, bytes: [UInt8])] = []) throws -> [UInt8] {
    let names = Set(extra.map(\.name))
    let files = try [("README", readme)] + programs(for: lab)
    return try FileSystemImage(
      files: (files.filter { !names.contains($0.0) } + extra).map { .init(path: $0.0, contents: $0.1) }
    ).bytes
  }

  /// Every xv6 disk has a README. Programs for xv6, such as its own `usertests`, expect it.
  private static let readme = Array(
    """
    This disk was made by labrunner. It has the programs of a lab's tests and a shell's utilities:
    try ls, cat README | wc, grep lab README, usertests -l.

    """.utf8)
}

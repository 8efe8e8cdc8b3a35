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

  /// The image for `kernel`: as the other one, but in blocks of the size that the kernel has.
  package static func image(for lab: String, kernel: ELF) throws -> [UInt8] {
    guard let size = blockSize(of: kernel), size != DiskLayout.blockSize else { return try image(for: lab) }
    let files = try [("README", readme)] + programs(for: lab)
    return try OtherBlockSize.image(blockSize: size, files: files.map { ($0.0, $0.1) })
  }

  /// BSIZE of a kernel, which is the size of `data` in its `struct buf`. Nil if its file has no debug
  /// information about that, or one that no disk can have; it is taken to be xv6's own then.
  package static func blockSize(of kernel: ELF) -> Int? {
    let member = (try? DebugInfo(kernel))?.layout(ofStruct: "buf")?["data"]
    guard let size = member?.size.flatMap({ Int(exactly: $0) }) else { return nil }
    return OtherBlockSize.sizes.contains(size) ? size : nil
  }

  /// A sentence about the disk of a kernel whose blocks are not xv6's; nil for others.
  package static func finding(about kernel: ELF) -> String? {
    guard let size = blockSize(of: kernel), size != DiskLayout.blockSize else { return nil }
    return "its disk has blocks of \(size) bytes: the kernel's BSIZE is not xv6's \(DiskLayout.blockSize)"
  }

  /// Every xv6 disk has a README. Programs for xv6, such as its own `usertests`, expect it.
  private static let readme = Array(
    """
    This disk was made by labrunner. It has the programs of a lab's tests and a shell's utilities:
    try ls, cat README | wc, grep lab README, usertests -l.

    """.utf8)
}

import HostSupport
import ObjectFile
import XV6FileSystem

/// What is in a disk image.
enum ImageCheckup {
  /// How many findings about a damaged file system are shown at most.
  private static let shown = 3
  /// How many entries of the root directory are looked at, and how many programs are named, at most.
  private static let lookedAt = 500
  private static let named = 40

  static func findings(_ bytes: [UInt8], _ path: String) -> [DoctorFinding] {
    let image: FileSystemImage
    do {
      image = try FileSystemImage(parsing: bytes)
    } catch {
      return [DoctorFinding(.problem, path, "not an xv6 disk image: \(error)")]
    }
    let block = image.superblock
    var findings = [
      DoctorFinding(
        .ok, path,
        "an xv6 disk image: \(grouped(UInt64(block.size))) blocks, "
          + "\(grouped(UInt64(image.freeBlocks))) free; "
          + "\(grouped(UInt64(block.ninodes))) inodes, \(grouped(UInt64(image.freeInodes))) free; "
          + "a log of \(block.nlog) blocks"
      )
    ]
    let damage = image.check().filter(\.isDamage)
    for flaw in damage.prefix(shown) {
      findings.append(DoctorFinding(.problem, path, "the file system is damaged: \(flaw)"))
    }
    if damage.count > shown {
      findings.append(
        DoctorFinding(.problem, path, "and in \(grouped(UInt64(damage.count - shown))) more places"))
    }
    return findings + programs(image, path)
  }

  private static func programs(_ image: FileSystemImage, _ path: String) -> [DoctorFinding] {
    let entries = ((try? image.list("/")) ?? []).prefix(lookedAt).map { "\($0.name)" }
    let files = entries.filter { (try? image.status($0))?.type == .file }.sorted()
    let programs = files.filter { (try? image.read($0))?.starts(with: ELF.magic) == true }
    let names = programs.prefix(named).joined(separator: ", ") + (programs.count > named ? ", ..." : "")
    var findings = [
      programs.isEmpty
        ? DoctorFinding(.note, path, "no programs are on it")
        : DoctorFinding(.ok, path, "\(programs.count) programs: \(names)")
    ]
    let missing = ["init", "sh", "lazytests", "usertests"].filter { !programs.contains($0) }
    if !missing.isEmpty {
      findings.append(
        DoctorFinding(
          .note, path,
          "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not on it; only "
            + "--tests theirs needs what is, grading itself brings its own"))
    }
    return findings
  }
}

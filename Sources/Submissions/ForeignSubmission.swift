import Foundation
import HostSupport

/// What people bring that looks like a kernel or a tree of xv6-riscv and is not one. A sentence says what
/// it is, and what to give instead.
package enum ForeignSubmission: Equatable, Sendable {
  /// A source tree of the older xv6, for x86.
  case treeForX86
  /// A C, header or assembly file.
  case source
  /// A disk from which a PC boots: `xv6.img` of xv6 for x86.
  case bootDiskForX86
  /// `fs.img` of xv6 for x86.
  case imageForX86
  /// A file system of xv6-riscv.
  case image
  /// Bytes without an ELF header, as `objcopy -O binary` writes them.
  case rawBinary

  /// What the folder at `path` is; nil if it may be what is wanted.
  package init?(folder path: String) {
    // Files that every tree for x86 has, in its root or in a folder `kernel`, and no tree for RISC-V.
    let telling = ["bootasm.S", "lapic.c"]
    let isForX86 = ["/", "/kernel/"].contains { folder in
      telling.allSatisfy { FileManager.default.fileExists(atPath: path + folder + $0) }
    }
    guard isForX86 else { return nil }
    self = .treeForX86
  }

  /// What the file at `path` is; nil if it may be what is wanted, or cannot be read.
  package init?(file path: String) {
    let ending = URL(fileURLWithPath: path).pathExtension
    if ["c", "h", "S", "s"].contains(ending) {
      self = .source
      return
    }
    guard let bytes = HostFile.beginning(of: path, count: 4096), bytes.contains(0) else { return nil }
    // A Swift file has no NUL.
    if bytes.count >= 1028, bytes[1024..<1028].elementsEqual([0x40, 0x30, 0x20, 0x10]) {
      self = .image
    } else if bytes.count >= 512, bytes[510] == 0x55, bytes[511] == 0xAA {
      self = .bootDiskForX86
    } else if Self.isImageForX86(bytes) {
      self = .imageForX86
    } else if bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
      return nil
    } else {
      self = .rawBinary
    }
  }

  /// Whether block 1, of 512 bytes, holds a superblock of xv6 for x86, which has no magic: its log begins at
  /// block 2, and its inodes follow the log.
  private static func isImageForX86(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 540 else { return false }
    // size, nblocks, ninodes, nlog, logstart, inodestart, bmapstart
    let fields = (0..<7).map { field in
      bytes[(512 + 4 * field)..<(516 + 4 * field)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    return fields[1] > 0 && fields[1] < fields[0] && fields[4] == 2 && fields[5] == 2 + fields[3]
      && fields[6] > fields[5]
  }
}

extension ForeignSubmission: CustomStringConvertible {
  package var description: String {
    switch self {
    case .treeForX86:
      "a tree of the older xv6, for x86: the lab is about xv6-riscv (kernel/, user/, mkfs/)"
    case .source:
      "a source file: give the kernel that is built from it (kernel/kernel), or the whole tree"
    case .bootDiskForX86:
      "a disk that a PC boots from, as of the older xv6 for x86: the lab is about xv6-riscv"
    case .imageForX86:
      "a disk image of the older xv6 for x86: the lab is about xv6-riscv"
    case .image:
      "a disk image, not a kernel: give kernel/kernel or the tree (--image names a disk for --tests theirs)"
    case .rawBinary:
      "bytes without an ELF header: give the ELF file that they were made from (kernel/kernel), or the tree"
    }
  }
}

import Foundation
import HostSupport
import Submissions

/// The operands of `boot` and `crash`: a kernel and its disk, or an xv6 tree that has both.
struct KernelOperands {
  static let words = "[TREE | KERNEL [FS.IMG]]"

  let kernel: String
  /// The disk image; nil if none was named and the tree has none.
  let disk: String?

  /// - `named`: the kernel and the disk that options name, as QEMU's do.
  ///
  /// Without a kernel, the working folder is used if it is an xv6 tree.
  init(
    _ operands: [String], of command: String, kernel named: String? = nil, disk drive: String? = nil
  ) throws(InputError) {
    var rest = operands[...]
    guard let first = named ?? rest.popFirst() ?? (KernelSolution.isTree(".") ? "." : nil) else {
      throw InputError("\(command): KERNEL is missing, and this folder is not an xv6 tree")
    }
    let image = drive ?? rest.popFirst()
    if let extra = rest.first { throw InputError("\(command): unexpected \"\(extra)\"") }
    guard KernelSolution.isTree(first) else {
      (kernel, disk) = (first, image)
      return
    }
    kernel = first + "/kernel/kernel"
    guard FileManager.default.fileExists(atPath: kernel) else {
      throw InputError("\(first): the xv6 tree has no kernel/kernel: build it first (make kernel/kernel)")
    }
    let own = first + "/fs.img"
    disk = image ?? (FileManager.default.fileExists(atPath: own) ? own : nil)
  }
}

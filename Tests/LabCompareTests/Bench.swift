import LabMeter
import LabModel
import LabPrograms
import LazySolutions
import ObjectFile
import XV6Kernel

@testable import LabCompare

/// What the tests need for measuring: the disk, both sides, and how many pages an image takes.
enum Bench {
  static let lab = Result { try LabCatalogue.lab("lazy") }
  private static let disk = Result { try WorkloadDisk.image(for: "lazy") }

  static func eager(_ command: String) throws -> Measured { try measure(command, Starter()) }
  static func lazy(_ command: String) throws -> Measured { try measure(command, Reference()) }

  static func workload(_ command: String) -> Workload {
    Workload(name: "w", run: command.split(separator: " ").map(String.init), title: "t", shows: "s")
  }

  static func measure(_ command: String, _ solution: any LabSolution) throws -> Measured {
    try SwiftKernelSide(solution: solution, disk: try disk.get(), limits: try lab.get().limits)
      .measure(workload(command))
  }

  /// The pages that `exec` gives a program: its segments from 0 on, the guard page and the stack.
  static func image(_ program: String) throws -> Int {
    let file = LabPrograms.workloadPrograms(of: "lazy").first { $0.name == program }
    let elf = try ELF(parsing: file?.elf ?? [])
    let top = elf.loadableSegments.map { $0.virtualAddress + $0.memorySize }.max() ?? 0
    return Int((top + 4095) / 4096) + 2
  }

  /// How many pages the page table takes that maps these pages, the trampoline and the trapframe. There is
  /// the root. The two pages at the top need one table at each level. Below the root there is one table for
  /// each gigabyte, and for each two megabytes, in which a page is mapped.
  static func tables(_ pages: some Sequence<Int>) -> Int {
    let pages = Set(pages)
    return 3 + Set(pages.map { $0 / (512 * 512) }).count + Set(pages.map { $0 / 512 }).count
  }
}

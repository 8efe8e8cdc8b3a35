import Foundation
import LabPrograms
import ObjectFile
import Testing
import VirtBoard

@testable import HostSupport
@testable import KernelFollowing
@testable import LabCompare
@testable import LabMeter

/// Real kernels as sides. `labs/guests/follow.c` stands for them: it has xv6's functions and runs one
/// program.
@Suite struct KernelSideTests {
  /// The guest runs its program once, so its figures can be read from its source.
  @Test(arguments: [1, 2]) func `a kernel's figures are what its program did`(harts: Int) throws {
    let kernel = try ELF(parsing: #require(LabPrograms.guest("follow")))
    var configuration = BoardConfiguration()
    configuration.harts = harts
    configuration.memorySize = 2 << 20
    let run = MeteredKernel(try Board(kernel: kernel, configuration), KernelMap(kernel))
    let measured = run.measure(["nobody", "listens"], try Bench.lab.get().limits)
    #expect(measured.outcome == Outcome(.panicked, "uvmunmap: not mapped"))
    var figures = Figures()
    figures.systemCalls = 8
    figures.storeFaults = 1
    figures.loadFaults = 1
    figures.deadlyFaults = 1
    figures.copiedPages = 2
    // One page of heap; the root of the child's page table, and two tables below it.
    figures.zeroedPages = 1 + 1 + 2
    // The heap's page; then `exhaust` takes the rest of 48; then the child's five.
    figures.handedOut = 1 + (48 - 6) + 5
    // One number for each line of the program, then two for the child's lines. An instruction that traps and
    // is not run again does not count.
    figures.instructions = [2, 3, 2, 2, 1, 2, 1, 2, 2, 2].reduce(0, +)
    // The guest maps no trapframe, and so the process counts no user pages: all pages that it zeroes are
    // tables.
    figures.tablePages = measured.figures.tablePages
    #expect(measured.figures == figures)
  }

  @Test func `one that runs on is stopped`() throws {
    let kernel = try ELF(parsing: #require(LabPrograms.guest("follow")))
    let run = MeteredKernel(try Board(kernel: kernel, BoardConfiguration()), KernelMap(kernel))
    var limits = try Bench.lab.get().limits
    limits.boardInstructions = 1000
    #expect(
      run.measure(["x"], limits).outcome
        == Outcome(.stopped, "still running after 1,000 instructions of the board"))
  }

  /// What is wrong with a kernel file. The file is made from the guest's.
  enum Fault: CaseIterable {
    case stripped, noTrapVector, noPrompt, none

    func kernel(_ guest: [UInt8]) throws -> [UInt8] {
      var bytes = guest
      switch self {
      case .stripped:
        // e_shoff; e_shentsize, e_shnum, e_shstrndx
        bytes.replaceSubrange(40..<48, with: repeatElement(0, count: 8))
        bytes.replaceSubrange(58..<64, with: repeatElement(0, count: 6))
      case .noTrapVector: break
      case .noPrompt, .none:
        let name = try #require(bytes.lastRange(of: Array("\0program\0".utf8)))
        bytes.replaceSubrange(name, with: Array("\0uservec\0".utf8))
      }
      return bytes
    }

    var message: String {
      switch self {
      case .stripped: "the kernel cannot be compared: its file has no symbols (it is stripped)"
      case .noTrapVector: "the kernel cannot be compared: its file has no uservec"
      case .noPrompt: "before its shell's prompt: the kernel says \"panic: uvmunmap: not mapped\""
      case .none: "--quota is the Swift kernel's, and KERNEL is a kernel of its own"
      }
    }
  }

  @Test(arguments: Fault.allCases) func `a kernel that cannot be measured is refused`(fault: Fault) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "KernelSideTests-\(UUID())")
    try Data(fault.kernel(#require(LabPrograms.guest("follow")))).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: InputError.self) {
      try Comparer(
        lab: Bench.lab.get(), sides: Sides(["lazy", file.path]), workloads: [Bench.workload("little 1 1")],
        quota: fault == .none ? 100 : nil)
    }
    let said = "\(try #require(error))".replacing(file.path, with: "KERNEL")
    #expect(said == (fault == .none ? fault.message : "KERNEL: " + fault.message))
  }
}

extension [UInt8] {
  /// The last place at which `pattern` is.
  fileprivate func lastRange(of pattern: [UInt8]) -> Range<Int>? {
    indices.dropLast(pattern.count - 1).last { self[$0..<$0 + pattern.count].elementsEqual(pattern) }
      .map { $0..<$0 + pattern.count }
  }
}

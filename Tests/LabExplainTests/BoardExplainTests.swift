import Foundation
import LabPrograms
import TestSupport
import Testing

@testable import HostSupport
@testable import LabExplain

/// Programs on a real kernel that are stopped at their page faults. The guest `explained` is both the kernel
/// and the program that it runs.
struct BoardExplainTests {
  private func explain(
    _ fault: UInt64, _ addresses: String..., kernel: String = "explained", command: [String]? = nil
  ) throws -> ProcessExplanation {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "explained")
      try Data(#require(LabPrograms.guest(kernel))).write(to: file)
      var run = try BoardExplain(kernel: file.path, command: command ?? [file.path])
      run.fault = fault
      run.addresses = addresses
      return try run.run()
    }
  }

  @Test func `the first fault is told as the kernel finds it`() throws {
    let found = try explain(1, "fault", "sp", "sz", "finish", "0x80082000")
    #expect(found.stopped == "stopped at page fault 1")
    #expect((found.pid, found.program, found.size) == (7, "explained", 0x8010_0000))
    #expect(found.stackPointer == 0x8007_0000)
    #expect(found.fault?.va == 0x8008_0008)
    #expect(found.fault?.access == .store)
    #expect(
      found.addresses.map(\.place) == [.heapOwed, .heapOwed, .outside, .text, .heapOwed])
    #expect(found.addresses[3].physicalAddress == found.addresses[3].va)
    #expect(found.tree.userPages == 64)
    #expect(found.text.contains("a store at 0x80080008 is what trapped"))
  }

  @Test func `at the second the first page is there`() throws {
    let found = try explain(2, "fault", "0x80080008")
    #expect(found.addresses.map(\.va) == [0x8008_2000, 0x8008_0008])
    #expect(found.addresses.map(\.place) == [.heapOwed, .heapMapped])
    #expect(found.addresses[1].physicalAddress == 0x8008_0008)
    #expect(found.tree.userPages == 65)
  }

  @Test func `a fault that never comes is told`() throws {
    let error = #expect(throws: InputError.self) { try explain(3) }
    #expect(error?.description.contains("page fault 3 never came (2 did)") == true)
  }

  /// A kernel without a process table, a kernel without a shell, and programs that cannot be told from
  /// others.
  @Test func `what cannot be told is refused`() throws {
    #expect(throws: InputError.self) { try explain(1, kernel: "uart") }
    #expect(throws: InputError.self) { try explain(1, command: ["README"]) }
    #expect(throws: InputError.self) {
      try explain(1, command: ["echo", String(repeating: "x", count: 100)])
    }
    #expect(throws: InputError.self) { try explain(1, command: ["echo", "a\nb"]) }
    #expect(throws: InputError.self) { try BoardExplain(kernel: "reference", command: ["echo"]) }
  }
}

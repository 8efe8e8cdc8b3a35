import LazySolutions
import Testing
import XV6Kernel

@Suite struct RunTests {
  @Test func echo() throws {
    let run = try Machine.run(["echo", "hello", "world"])
    #expect(run.outcome == .finished(status: 0))
    #expect(run.console == "\nxv6 kernel is booting\n\nhello world\n")
  }
}

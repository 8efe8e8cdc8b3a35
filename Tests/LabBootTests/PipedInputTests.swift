import Foundation
import LabModel
import LabPrograms
import ObjectFile
import RV64
import Testing
import VirtBoard

@testable import HostSupport
@testable import LabBoot

/// Input that does not come from a terminal. What the guest gets, and when, does not depend on the host's
/// speed.
struct PipedInputTests {
  /// Writes `pieces` to a pipe, with a pause of `pause` seconds before each, and closes it. Calls `body` with
  /// the pipe's reading end.
  private func feed<Result>(
    _ pieces: [String], pause: Double = 0, _ body: (PipedInput) throws -> Result
  ) rethrows -> Result {
    let pipe = Pipe()
    let writer = Thread {
      for piece in pieces {
        Thread.sleep(forTimeInterval: pause)
        pipe.fileHandleForWriting.write(Data(piece.utf8))
      }
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    return try body(PipedInput(descriptor: pipe.fileHandleForReading.fileDescriptor))
  }

  @Test(arguments: [["a\nbc\n\nend"], ["a", "\nb", "c\n\n", "e", "nd"]])
  func `lines are lines, however they come`(pieces: [String]) {
    feed(pieces) { input in
      for line in ["a\n", "bc\n", "\n", "end"] { #expect(input.line() == Array(line.utf8)) }
      #expect(input.line() == nil)
      #expect(input.isAtEnd)
    }
  }

  @Test func `who does not want to wait need not`() {
    let pipe = Pipe()
    let input = PipedInput(descriptor: pipe.fileHandleForReading.fileDescriptor)
    #expect(input.line(within: 0) == nil)
    #expect(!input.isAtEnd)
    pipe.fileHandleForWriting.write(Data("half".utf8))
    #expect(input.line(within: 0) == nil)
    #expect(!input.isAtEnd)
    pipe.fileHandleForWriting.write(Data(" a line\n".utf8))
    #expect(input.line(within: 0) == Array("half a line\n".utf8))
  }

  @Test func `escapes are not the guest's`() {
    var keys = EscapeKeys()
    #expect(keys.pass(Array("a\u{1}\u{1}b\u{1}".utf8)) == Array("a\u{1}b".utf8))
    #expect(keys.pass(Array("qc".utf8)) == Array("c".utf8))
    #expect(!keys.hasLeft)
    #expect(keys.pass(Array("d\u{1}xe".utf8)) == Array("d".utf8))
    #expect(keys.hasLeft)
    #expect(Terminal.shown(EscapeKeys.help) == EscapeKeys.help + "\n", "it is for people")
  }

  /// Boots a kernel with a shell. Its console input comes from a pipe.
  private func boot(_ pieces: [String], pause: Double) throws -> (
    said: [UInt8], end: BootConsole.End, trace: TraceSum
  ) {
    var configuration = BoardConfiguration()
    configuration.disk = try LabDisk.image(for: "lazy")
    configuration.trace = .turns
    configuration.instructionLimit = 1_000_000_000
    let board = try Board(kernel: ELF(parsing: #require(LabPrograms.guest("tiny"))), configuration)
    var said: [UInt8] = []
    let end = feed(pieces, pause: pause) { input in
      BootConsole(board, .piped(input)) { said += $0 }.run()
    }
    return (said, end, try #require(board.traceSum))
  }

  @Test func `a boot with the same input is the same run, at any pace of the host`() throws {
    let quick = try boot(["echo one\necho two; echo three\necho four\n"], pause: 0)
    #expect(quick.end == .inputEnded)
    #expect(String(decoding: quick.said, as: UTF8.self).contains("four"))
    let slow = try boot(["echo o", "ne\nec", "ho two; echo three\n", "echo four\n"], pause: 0.05)
    #expect(slow.said == quick.said)
    #expect(slow.end == quick.end)
    #expect(slow.trace == quick.trace)
    let other = try boot(["echo one\necho two; echo three\necho five\n"], pause: 0)
    #expect(other.trace != quick.trace)
  }

  @Test func `ctrl-a x in a file leaves`() throws {
    let run = try boot(["echo one\n", "\u{1}x\necho two\n"], pause: 0)
    #expect(run.end == .board(.stopped))
    #expect(!String(decoding: run.said, as: UTF8.self).contains("two"))
  }
}

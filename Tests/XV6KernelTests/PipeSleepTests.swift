import Testing

@testable import XV6Kernel

/// What happens if a process must wait. Each process here is a kernel thread with straight-line code.
@Suite("Waiting at pipes and the console")
struct PipeSleepTests {
  @Test func `more than the pipe holds goes through it in order`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    let sent = pattern(5 * 1033)
    var received: [UInt8] = []
    var written = 0
    let returned = try m.run(
      { m in
        _ = try m.close(reader)
        written = try m.write(writer, sent)
        _ = try m.close(writer)
      },
      { m in
        _ = try m.close(writer)
        while case let count = try m.read(reader, 300), count > 0 { received += try m.peek(count) }
      })
    #expect(returned == 2)
    #expect(written == sent.count)
    #expect(received == sent)
  }

  @Test func `a reader sleeps until something is written, and takes what there is`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    var counts: [Int] = []
    let returned = try m.run(
      { m in counts.append(try m.read(reader, 100)) },
      { m in counts.append(try m.write(writer, [1, 2, 3])) })
    #expect(returned == 2)
    #expect(counts == [3, 3])
  }

  @Test func `a sleeping reader wakes at the end of the pipe`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    var counts: [Int] = []
    let returned = try m.run(
      { m in
        _ = try m.close(writer)
        counts.append(try m.read(reader, 100))
      },
      { m in
        counts.append(-7)
        _ = try m.close(writer)
      })
    #expect(returned == 2)
    #expect(counts == [-7, 0])
  }

  @Test func `a sleeping writer fails when nobody can read any more`() throws {
    let m = try FileMachine()
    let (reader, writer) = try m.pipe()
    var counts: [Int] = []
    let returned = try m.run(
      { m in
        _ = try m.close(reader)
        counts.append(try m.write(writer, 600))
      },
      { m in
        counts.append(try m.read(reader, 10))
        _ = try m.close(reader)
      })
    #expect(returned == 2)
    #expect(counts == [10, -1])
  }

  @Test func `killing wakes a reader, a writer, and who waits for a line`() throws {
    let m = try FileMachine()
    #expect(try m.mknod("console", 1, 1) == 0)
    let console = try m.open("console", .readWrite)
    let (reader, writer) = try m.pipe()
    let (otherReader, otherWriter) = try m.pipe()
    var results: [String] = []
    let returned = try m.run(
      { m in results.append("reader \(try m.read(reader, 1))") },
      { m in results.append("writer \(try m.write(otherWriter, 600))") },
      { m in results.append("console \(try m.read(console, 1))") },
      { m in
        for slot in 1...3 { _ = m.kernel.kill(100 + Int32(slot)) }
        results.append("killer")
      })
    #expect(returned == 4)
    #expect(results == ["killer", "reader -1", "writer -1", "console -1"])
    _ = (writer, otherReader)
  }

  @Test func `an endless wait ends the machine`() throws {
    let m = try FileMachine()
    let (reader, _) = try m.pipe()
    #expect(try m.run({ m in _ = try m.read(reader, 1) }) == 0)
    #expect(m.kernel.outcome == .deadlocked)
  }

  @Test func `a line is typed when somebody waits for it`() throws {
    let m = try FileMachine(typing: "first\nsec")
    #expect(try m.mknod("console", 1, 1) == 0)
    let console = try m.open("console", .readWrite)
    var lines: [String] = []
    let returned = try m.run({ m in
      for _ in 0..<2 {
        let count = try m.read(console, 100)
        lines.append(String(decoding: try m.peek(max(count, 0)), as: UTF8.self))
      }
    })
    // The second line has no end: nobody types more.
    #expect(returned == 0)
    #expect(m.kernel.outcome == .idle)
    #expect(lines == ["first\n"])
    #expect(m.recorder.console == "first\nsec")
  }
}

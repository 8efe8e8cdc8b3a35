import Foundation
import TestSupport
import Testing

@testable import labrunner

/// What the command does to its host: its streams, its temporary files, the processes that it starts.
struct ProcessTests {
  private static let solution = """
    import XV6Kernel

    struct Slow: LabSolution {
      func sbrk(_ k: Kernel, _ n: Int32) throws(KernelHalt) -> UInt64 {
        while true {}
      }
    }
    """

  #if os(Linux)
    @Test(arguments: ["help", "list tests", "grade reference --test map"])
    func `a full disk under standard output is told, with status 70`(words: String) throws {
      let end = try CommandProcess.shell("\"$labrunner\" \(words) > /dev/full")
      #expect(end.status == 70)
      #expect(end.errors.contains("standard output cannot be written (No space left on device)"))
    }
  #endif

  @Test func `a closed pipe ends it without a word, as it does other tools`() throws {
    let end = try CommandProcess.shell("\"$labrunner\" help grade | true; echo ${PIPESTATUS[0]}")
    // The shell's `true` may end before or after the first write.
    #expect(["0\n", "141\n"].contains(end.output))
    let late = try CommandProcess.shell(
      "(sleep 1; exec \"$labrunner\" help grade) | true; echo ${PIPESTATUS[0]}")
    #expect(late.output == "141\n")
    #expect(end.errors + late.errors == "")
  }

  @Test(arguments: ["TERM", "HUP", "INT"])
  func `a signal leaves nothing in the temporary folder, and no process`(name: String) throws {
    try withTemporaryFolder { folder in
      let temporary = folder.appending(path: "tmp")
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
      let file = folder.appending(path: "Slow.swift")
      try Data(Self.solution.utf8).write(to: file)
      // The signal comes while the compiler runs, or the solution.
      let script = """
        set -m
        "$labrunner" grade '\(file.path)' --test sbrkarg > /dev/null &
        pid=$!
        for n in $(seq 200); do ls '\(temporary.path)'/labrunner-*/main.swift > /dev/null 2>&1 && break; sleep 0.1; done
        sleep 0.3
        kill -\(name) $pid
        wait $pid
        echo $?
        sleep 0.5
        ls -A '\(temporary.path)'
        ps -eo args | grep -F '\(folder.path)' | grep -v grep
        """
      let end = try CommandProcess.shell(script, temporary: temporary)
      let numbers = ["TERM": 143, "HUP": 129, "INT": 130]
      #expect(end.output == "\(numbers[name] ?? 0)\n", "\(end.errors)")
    }
  }

  @Test func `a home that cannot be written is no fault of the solution`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "Eager.swift")
      try Data("import XV6Kernel\nstruct Eager: LabSolution {}\n".utf8).write(to: file)
      let end = try CommandProcess.shell(
        "\"$labrunner\" grade '\(file.path)' --test sbrkarg",
        environment: ["HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null"])
      #expect(end.status == 0, "\(end.output)\(end.errors)")
    }
  }
}

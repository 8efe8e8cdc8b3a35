import LabPrograms
import ObjectFile
import XV6FileSystem

extension FuzzTarget {
  /// Text typed at xv6's shell. The first byte chooses the lab's solution, the second how many bytes arrive
  /// at once.
  static let console = FuzzTarget(
    name: "console", maxLength: 256,
    words: [
      "ls", "cat ", "echo ", "init", "console", " | ", " > ", " < ", "; ", "(", ")", " &", "rm ", "mkdir ",
      "cd ",
    ],
    seeds: {
      [
        "ls | cat > a; cat a\n", "echo b > /b; rm b; mkdir d; cd d\n(echo x) & ls ..\n",
        "x\u{08}\u{15}\u{10}ls\n\u{04}",
      ]
      .map { [0, 200] + Array($0.utf8) }
    },
    check: { bytes in
      guard let disk = shellDisk else { throw BrokenPromise(description: "a disk with a shell") }
      var input = FuzzInput(bytes)
      let solution = input.choice(256)
      let size = 1 + Int(input.byte())
      let typed = Array(input.rest)
      let run = try HostedRun.twice(disk: disk, solution: solution) {
        $0.instructionLimit = 3_000_000
        $0.consoleInput = Array(typed.prefix(size))
        let rest = PiecewiseInput(typed.dropFirst(size), size)
        $0.consoleSource = { rest.next() }
      }
      try run.checkDisk()
    })

  private static let shellDisk: [UInt8]? = {
    let wanted = ["init", "sh", "ls", "cat", "echo", "rm", "mkdir"]
    let files = LabPrograms.programs(for: "lazy").filter { wanted.contains($0.name) }.compactMap { program in
      (try? ELF(parsing: program.elf)).map {
        FileSystemImage.File(path: program.name, contents: $0.loadableImage())
      }
    }
    return try? FileSystemImage(blocks: 600, inodes: 32, files: files).bytes
  }()
}

import XV6FileSystem

extension FuzzTarget {
  /// System calls with interesting arguments. The input is: the solution, the memory, the number of patches
  /// of the disk (the third byte) and the patches, then four bytes for each call: which one, and its three
  /// arguments.
  ///
  /// The program is straight-line code, so that after a `fork` both processes go on. At its end it waits for
  /// all its children.
  static let calls = FuzzTarget(
    name: "calls", maxLength: 192,
    seeds: {
      [
        // pipe, fork, read and write, wait
        [0, 0, 0, 4, 3, 0, 0, 1, 0, 0, 0, 16, 37, 4, 13, 5, 36, 4, 13, 3, 0, 0, 0],
        // mkdir, chdir, open, write, close, link, unlink, exec, sbrk, sleep, kill, dup, fstat, mknod
        [
          1, 0, 0, 20, 25, 0, 0, 9, 25, 0, 0, 15, 26, 14, 0, 16, 32, 4, 15, 21, 32, 0, 0, 19, 26, 27, 0, 18,
          26, 0, 0,
          7, 22, 3, 0, 12, 16, 0, 0, 13, 7, 0, 0, 6, 32, 0, 0, 10, 32, 0, 0, 8, 32, 4, 0, 17, 27, 7, 7,
        ],
        // a damaged disk: open, read, write, unlink
        [2, 1, 2, 32, 0, 3, 80, 0, 1, 15, 20, 9, 0, 5, 32, 4, 15, 16, 32, 4, 15, 18, 20, 0, 0, 15, 21, 0, 0],
      ]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      let solution = input.choice(256)
      let memory: UInt64 = input.byte() & 1 == 0 ? 2 << 20 : 5 << 18
      guard var image = ImagePatches.sound else { throw BrokenPromise(description: "a sound image") }
      let patches = input.choice(16)
      var patched = input
      _ = patched.bytes(3 * patches)
      try image.add("init", Assembly.elf(program(patched), at: 0, room: 8192))
      var disk = image.bytes
      ImagePatches.apply(&input, count: patches, to: &disk)

      let run = try HostedRun.twice(disk: disk, solution: solution) { $0.memorySize = memory }
      if disk == image.bytes { try run.checkDisk() }
    })

  /// Where the program's data is: strings, `argv`, pairs of file descriptors, space for results.
  private static let data: UInt64 = 0x2000
  private static let texts = [
    "/", "a", "d", "d/b", "init", "d/n", "n", "console", "..", "", "a-name-of-15-by", "no/such",
  ]
  private static let pipes = data + 0x300
  private static let room = data + 0x400

  /// The possible arguments.
  private enum Argument {
    case value(UInt64)
    /// The result of the last call, or of the one before.
    case result(register: UInt32)
    /// A descriptor that `pipe` wrote.
    case pipe(UInt64)
  }

  private static let candidates: [Argument] = {
    var all: [Argument] = [
      0, 1, 2, data, pipes, room, 3, 7, 10, 512, 1024, 4096, 16, 9, 0x201, 0x601, 50_000, .max, 0xFFFF_FFFF,
      1 << 31,
    ].map { .value($0) }
    var at = data
    for text in texts {
      all.append(.value(at))
      at += UInt64(text.utf8.count) + 1
    }
    all += [.result(register: Assembly.s1), .result(register: Assembly.s2)]
    all += (0..<4).map { .pipe($0) }
    all += [
      data - 1, data + 0xFFF, data + 0x1800, 0x4000, 1 << 38, (1 << 38) - 4096, (1 << 38) - 8192, 1 << 39,
      1 << 63,
      0x8000_0000, UInt64(bitPattern: -4096), UInt64(bitPattern: -100_000), 0x7FFF_FFFF, 100_000, 1 << 24,
    ].map { .value($0) }
    return all
  }()

  private static func program(_ input: FuzzInput) -> [UInt8] {
    var input = input
    var code = Assembly()
    for _ in 0..<32 {
      if input.isEmpty { break }
      let call = Int32(input.choice(24))
      for n: UInt32 in 0..<3 {
        switch candidates[input.choice(candidates.count)] {
        case .value(let value): code.load(Assembly.a0 + n, value)
        case .result(let register): code.move(Assembly.a0 + n, register)
        case .pipe(let index):
          code.load(Assembly.t0, pipes + 4 * index)
          code.load(size: 2, Assembly.a0 + n, Assembly.t0)
        }
      }
      code.call(call)
      code.move(Assembly.s2, Assembly.s1)
      code.move(Assembly.s1, Assembly.a0)
    }
    // while (wait(0) != -1); exit(0);
    code.addi(Assembly.a0, Assembly.zero, 0)
    code.call(3)
    code.addi(Assembly.t0, Assembly.zero, -1)
    code.bne(Assembly.a0, Assembly.t0, -16)
    code.addi(Assembly.a0, Assembly.zero, 0)
    code.call(2)

    var bytes = code.bytes
    bytes += [UInt8](repeating: 0, count: Int(data) - bytes.count)
    for text in texts { bytes += Array(text.utf8) + [0] }
    bytes += [UInt8](repeating: 0, count: Int(data) + 0x200 - bytes.count)
    // argv: "a", "init", null
    for pointer in [data + 2, data + 10, 0] as [UInt64] {
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: pointer >> (8 * $0)) }
    }
    return bytes
  }
}

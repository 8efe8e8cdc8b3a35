import XV6FileSystem

extension FuzzTarget {
  /// A user program as raw bytes. The first byte chooses the lab's solution; the rest is code at address 0.
  static let code = FuzzTarget(
    name: "code", maxLength: 512,
    seeds: {
      var hello = Assembly()
      hello.load(Assembly.s0, 0x1_2345_6789)
      hello.call(1)
      hello.call(14)
      hello.move(Assembly.a0, Assembly.sp)
      hello.sd(Assembly.s0, Assembly.sp, 8)
      hello.ld(Assembly.s1, Assembly.sp, 8)
      hello.load(Assembly.a0, 100_000)
      hello.call(12)
      hello.sd(Assembly.s0, Assembly.a0)
      hello.call(2)
      // c.li a0, 1; c.addi16sp; c.sdsp; lr.d; sc.d; amoadd.w; rdtime; fence.i; ebreak
      let assorted: [UInt8] = [
        0x05, 0x45, 0x39, 0x71, 0x06, 0xE0, 0x2F, 0x35, 0x01, 0x10, 0xAF, 0x35, 0x01, 0x18, 0x2F, 0x25, 0x01,
        0,
        0x73, 0x25, 0x10, 0xC0, 0x0F, 0x10, 0, 0, 0x73, 0, 0x10, 0,
      ]
      return [[0] + hello.bytes, [1] + assorted]
    },
    check: { bytes in
      var input = FuzzInput(bytes)
      let solution = input.choice(256)
      let program = Assembly.elf(Array(input.rest), at: 0, room: 8192)
      let disk = try FileSystemImage(blocks: 60, inodes: 16, files: [.init(path: "init", contents: program)])
      try HostedRun.twice(disk: disk.bytes, solution: solution).checkDisk()
    })
}

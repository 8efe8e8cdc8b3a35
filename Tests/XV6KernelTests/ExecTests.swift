import LabEvents
import LabPrograms
import LazySolutions
import Testing
import XV6FileSystem

@testable import XV6Kernel

/// `exec` of ELF files made for the test, called from a process with four pages; strings stand at 0, the
/// vector at 4096.
@Suite struct ExecTests {
  static let echo = LabPrograms.programs(for: "lazy").first { $0.name == "echo" }?.elf ?? []

  /// A program of one segment: `code` at `vaddr`, `memsz` bytes of memory.
  static func elf(
    code: [UInt8] = [0x6f, 0, 0, 0], vaddr: UInt64 = 0, memsz: UInt64 = 100, filesz: UInt64? = nil,
    offset: UInt64 = 120, entry: UInt64 = 0, type: UInt32 = 1, phnum: UInt16 = 1
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func put<each Number: FixedWidthInteger>(_ number: repeat each Number) {
      for number in repeat each number { withUnsafeBytes(of: number.littleEndian) { bytes += Array($0) } }
    }
    put(0x464c_457f as UInt32, 0x0001_0102 as UInt32, 0 as UInt64, 2 as UInt16, 243 as UInt16, 1 as UInt32)
    put(entry, 64 as UInt64, 0 as UInt64, 0 as UInt32, 64 as UInt16, 56 as UInt16, phnum)
    put(0 as UInt16, 0 as UInt16, 0 as UInt16)
    put(type, 7 as UInt32, offset, vaddr, vaddr, filesz ?? UInt64(code.count), memsz, 4096 as UInt64)
    return bytes + code
  }

  private func machine(_ elf: [UInt8], _ solution: any LabSolution = Reference(), memory: UInt64 = 4 << 20)
    throws
    -> ProcessMachine
  {
    let machine = try ProcessMachine(
      solution, memory: memory, files: [FileSystemImage.File(path: "/bin/prog", contents: elf)])
    _ = machine.events()
    return machine
  }

  /// Calls `exec(path, argv)` by way of the process's memory.
  private func exec(_ machine: ProcessMachine, _ path: String, _ argv: [String]) throws -> Int {
    var strings: [UInt8] = Array(path.utf8) + [0]
    var vector: [UInt8] = []
    for argument in argv {
      withUnsafeBytes(of: UInt64(strings.count).littleEndian) { vector += Array($0) }
      strings += Array(argument.utf8) + [0]
    }
    vector += [UInt8](repeating: 0, count: 8)
    #expect(try machine.poke(strings, at: 0) && machine.poke(vector, at: PGSIZE * 3))
    _ = machine.events()
    return try machine.call(Kernel.sys_exec, 0, PGSIZE * 3)
  }

  @Test(arguments: Sample.allCases) func replacesTheImage(_ sample: Sample) throws {
    let machine = try machine(Self.elf(memsz: 5000, entry: 0x44), sample.solution)
    let free = machine.kernel.freePages
    #expect(try exec(machine, "/bin/prog", ["prog", "one", "three"]) == 3)
    let p = machine.p
    #expect(p.sz == 4 * PGSIZE && p.name == "prog" && p.trapframe.epc == 0x44)
    #expect(machine.kernel.freePages == free, "four pages before, four after")
    #expect(machine.events().last == .exec(pid: 2, path: "/bin/prog", size: 4 * PGSIZE))
    #expect(try machine.peek(5, at: 0) == [0x6f, 0, 0, 0, 0])
    #expect(try machine.peek(PGSIZE.asInt, at: PGSIZE) == [UInt8](repeating: 0, count: 4096))
  }

  @Test func theArgumentBlock() throws {
    let machine = try machine(Self.elf())
    #expect(try exec(machine, "/bin/prog", ["a", "fifteen letters", "sixteen letters!"]) == 3)
    let top = 3 * PGSIZE
    let sp = machine.p.trapframe.sp
    #expect(machine.p.sz == top)
    // "a" and its null in the top 16 bytes, fifteen letters in the next 16, sixteen in the next 32; then
    // four pointers.
    #expect(sp == top - 16 - 16 - 32 - 32)
    #expect(machine.p.trapframe.a1 == sp)
    func pointer(_ index: UInt64) throws -> UInt64 {
      try #require(try machine.peek(8, at: sp + 8 * index)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    #expect(try (0..<4).map { try pointer($0) } == [top - 16, top - 32, top - 64, 0])
    #expect(try machine.peek(2, at: top - 16) == Array("a\0".utf8))
    #expect(try machine.peek(16, at: top - 32) == Array("fifteen letters\0".utf8))
    #expect(try machine.peek(17, at: top - 64) == Array("sixteen letters!\0".utf8))
  }

  @Test func noArguments() throws {
    let machine = try machine(Self.elf())
    #expect(try exec(machine, "/bin/prog", []) == 0)
    #expect(machine.p.trapframe.sp == machine.p.sz - 16)
    #expect(try machine.peek(16, at: machine.p.sz - 16) == [UInt8](repeating: 0, count: 16))
  }

  @Test(arguments: Sample.allCases) func theGuardPage(_ sample: Sample) throws {
    let machine = try machine(Self.elf(memsz: PGSIZE), sample.solution)
    #expect(try exec(machine, "/bin/prog", ["x"]) == 1)
    #expect(machine.p.sz == 3 * PGSIZE)
    #expect(try machine.pte(PGSIZE) & (PTE_V | PTE_U) == PTE_V)
    #expect(try machine.pte(2 * PGSIZE) & (PTE_V | PTE_U) == PTE_V | PTE_U)
    #expect(try machine.peek(1, at: PGSIZE) == nil)
    #expect(try machine.fault(2 * PGSIZE - 8) != .mapped)
  }

  /// The vector and a string are in a page that `sbrk` only promised.
  @Test(arguments: Sample.allCases) func argumentsInPagesThatAreOwed(_ sample: Sample) throws {
    let machine = try machine(Self.elf(), sample.solution)
    #expect(try machine.poke(Array("/bin/prog\0".utf8), at: 0))
    machine.p.sz = 6 * PGSIZE
    let answer = try machine.call(Kernel.sys_exec, 0, 5 * PGSIZE)
    switch sample {
    case .reference, .copyin: #expect(answer == 0, "the vector is a page of zeroes")
    case .starter: #expect(answer == -1)
    case .walkaddr: #expect(answer == -1, "the vector is a page of fives")
    }
  }

  // MARK: Failures: the process is as it was, and no page is lost

  private func expectFailure(
    _ machine: ProcessMachine, _ path: String, _ argv: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let p = machine.p
    let before = (p.pagetable, p.sz, p.name, p.trapframe.epc, p.trapframe.sp, machine.kernel.freePages)
    #expect(try exec(machine, path, argv) == -1, sourceLocation: sourceLocation)
    let after = (p.pagetable, p.sz, p.name, p.trapframe.epc, p.trapframe.sp, machine.kernel.freePages)
    #expect(before == after, sourceLocation: sourceLocation)
    #expect(!machine.kernel.fs.inodes.contains { $0.locked }, sourceLocation: sourceLocation)
    #expect(machine.kernel.fs.log.outstanding == 0, sourceLocation: sourceLocation)
    #expect(try exec(machine, "/bin", []) == -1, sourceLocation: sourceLocation)
  }

  @Test(arguments: ["/bin/nothing", "/bin", "", "/bin/prog/x"]) func noSuchProgram(_ path: String) throws {
    try expectFailure(try machine(Self.elf()), path, ["x"])
  }

  @Test(arguments: [
    [], [0x7f, 0x45, 0x4c], Array("#!/bin/sh\n".utf8) + [UInt8](repeating: 0x20, count: 100),
    Array(elf().prefix(100)),
    elf(memsz: 2, filesz: 4), elf(vaddr: 100), elf(vaddr: .max - 10, memsz: 100),
    elf(filesz: 1000, offset: 120),
    elf(code: [], memsz: 0), elf(memsz: 1 << 40), elf(phnum: 0xffff), elf(filesz: 4, offset: 1 << 31),
    elf(vaddr: MAXVA, memsz: 100, filesz: 0), elf(vaddr: 1 << 63, memsz: 100),
  ]) func noProgram(_ elf: [UInt8]) throws {
    try expectFailure(try machine(elf), "/bin/prog", ["x"])
  }

  @Test func aProgramWithoutSegmentsIsOnlyAStack() throws {
    let machine = try machine(Self.elf(type: 4))
    #expect(try exec(machine, "/bin/prog", []) == 0)
    #expect(machine.p.sz == 2 * PGSIZE)
  }

  @Test func tooManyArguments() throws {
    let machine = try machine(Self.elf())
    let arguments = (0..<MAXARG).map { "argument \($0)" }
    try expectFailure(machine, "/bin/prog", arguments)
    #expect(try exec(machine, "/bin/prog", Array(arguments.dropLast())) == MAXARG - 1)
  }

  /// The strings, each rounded up to 16, and the vector must fit in the stack's page.
  @Test func tooLongArguments() throws {
    let machine = try machine(Self.elf())
    try expectFailure(machine, "/bin/prog", [String(repeating: "x", count: 4096 - 16)])
    try expectFailure(machine, "/bin/prog", [String(repeating: "x", count: 4096)])
    #expect(try exec(machine, "/bin/prog", [String(repeating: "x", count: 4096 - 17)]) == 1)
    #expect(machine.p.trapframe.sp == machine.p.sz - PGSIZE)
  }

  @Test(arguments: [1 << 40, 4 * PGSIZE, 4 * PGSIZE - 4, .max] as [UInt64])
  func aVectorThatIsNotThere(_ address: UInt64) throws {
    let machine = try machine(Self.elf())
    #expect(try machine.poke(Array("/bin/prog\0".utf8), at: 0))
    let free = machine.kernel.freePages
    #expect(try machine.call(Kernel.sys_exec, 0, address) == -1)
    #expect(machine.kernel.freePages == free)
  }

  @Test func aStringThatIsNotThere() throws {
    let machine = try machine(Self.elf())
    #expect(try machine.poke(Array("/bin/prog\0".utf8), at: 0))
    let vector: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 1, 0, 0, 0]
    #expect(try machine.poke([1] + vector.dropFirst() + [0], at: 0x100))
    let free = machine.kernel.freePages
    #expect(try machine.call(Kernel.sys_exec, 0, 0x100) == -1)
    #expect(try machine.call(Kernel.sys_exec, 1 << 40, 0x100) == -1)
    #expect(machine.kernel.freePages == free)
  }

  /// With every number of free pages that is not enough, under every solution.
  @Test(arguments: Sample.allCases, 0...16) func withoutMemory(_ sample: Sample, _ free: Int) throws {
    let machine = try machine(Self.elf(memsz: 5000), sample.solution)
    try machine.leave(free: free)
    let before = machine.p.pagetable
    // Two pages of arguments; a page table of five; four pages of memory.
    let answer = try exec(machine, "/bin/prog", ["x", "y"])
    #expect(answer == (free >= 11 ? 2 : -1))
    #expect((machine.p.pagetable == before) == (answer == -1))
    #expect(machine.kernel.freePages == free)
  }

  @Test func theLabsProgramsAreELF() throws {
    let machine = try machine(Self.echo)
    #expect(try exec(machine, "/bin/prog", ["echo", "hi"]) == 2)
  }
}

extension UInt64 {
  fileprivate var asInt: Int { Int(self) }
}

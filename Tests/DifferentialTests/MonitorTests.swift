import RV64
import Sv39MMU
import TestSupport
import Testing

@testable import Differential

/// Runs the monitor on this project's own hart. This works without QEMU too.
struct MonitorTests {
  @Test func `a program goes on behind what trapped`() throws {
    var program = Program()
    program.instructions = [
      0x0000,  // illegal
      Encoder.encode(.addi, rd: 5, rs1: 5, 1),
      Encoder.encode(.ecall),
      Encoder.encode(.addi, rd: 5, rs1: 5, 1),
    ]
    program.registers[5] = .number(40)
    let state = try OwnMachine.finalState(of: program)
    let code = Layout.slot(0) + Layout.code
    #expect(state.traps.map(\.cause) == [2, 11, 11])
    #expect(state.traps.map { $0.pc - code } == [0, 6, 14])
    #expect((0..<3).map { state.register(5, atTrap: $0) } == [40, 41, 42])
  }

  @Test func `a trap in S mode is seen, too`() throws {
    var program = Program()
    program.mode = .user
    program.csrs = ["medeleg": .number(1 << 8), "stvec": .handler]
    program.instructions = [Encoder.encode(.ecall), Encoder.encode(.addi, rd: 6, rs1: 0, 7)]
    var random = SeededGenerator(seed: 1)
    program.translate(wild: false, &random)
    let state = try OwnMachine.finalState(of: program)
    let traps = state.traps
    #expect(traps.map(\.cause) == [8, 8])
    #expect(traps.map(\.mode) == [.user, .user])
    #expect(state.register(6, atTrap: 1) == 7)
  }

  @Test func `a program that never ends is found out`() throws {
    var program = Program()
    program.instructions = [Encoder.encode(.jal, 0)]
    let machine = try OwnMachine()
    program.place(at: Layout.slot(0), in: machine.memory)
    #expect(machine.run(program, slot: 0) == .endless)
  }

  @Test func `a program that meets a choice is known`() throws {
    var program = Program()
    program.registers[5] = .data(1)
    program.instructions = [Encoder.encode(.scW, rd: 6, rs1: 5, rs2: 0)]
    #expect(try MetChoice.before(trap: 0, of: program, slot: 0) == "a misaligned SC")
    program.registers[5] = .data(4)
    #expect(try MetChoice.before(trap: 0, of: program, slot: 0) == nil)
  }

  @Test(arguments: Choices.csrs.map { $0.numbers.lowerBound })
  func `no program is given what a CSR's choice forbids`(number: UInt16) {
    var program = Program()
    program.mode = .machine
    let write = Encoder.encode(.csrrw, rd: 1, rs1: 2, Int64(number))
    #expect(!Choices.permits(write, in: program))
    program.mode = .user
    #expect(Choices.permits(write, in: program) == (number >> 8 & 3 > 1))
  }
}

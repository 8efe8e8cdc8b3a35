import RV64
import Sv39MMU

import enum LabEvents.Syscall

/// A process, as far as user mode shows it.
final class UserProcess {
  enum Program: Equatable {
    /// The program that starts the test's command: the shell, or init.
    case launcher
    /// The test's program.
    case test
    case other
  }

  /// Why the process left user mode. Its registers and pc are what they were then.
  struct Away {
    var registers = [UInt64](repeating: 0, count: 32)
    var pc: UInt64 = 0
    var cause: UInt64 = 0

    /// The system call that the process made; nil if it left for another reason.
    var call: Syscall? {
      cause == TrapCause.environmentCallFromUser.rawValue
        ? Syscall(rawValue: Int32(truncatingIfNeeded: registers[17])) : nil
    }

    var isCall: Bool { cause == TrapCause.environmentCallFromUser.rawValue }
  }

  /// Whether it is the command's process, or a descendant of it.
  let isOfTest: Bool
  /// Whether it is the command's own process.
  let isFirst: Bool
  /// How many generations lie between it and the command's own process.
  let depth: Int
  var program: Program
  /// How it last left user mode.
  var away = Away()
  /// Whether the kernel has it. If not, a hart runs it.
  var isAway = false
  /// Its pid, as `fork` told its parent; nil as long as that is not known.
  var pid: Int32?
  /// The status that it gave to `exit`; nil if it has not called `exit`.
  var status: Int32?
  /// Whether a `wait` has told its parent that it ended.
  var isReaped = false
  /// The calls of `fork` whose children its `wait` has not been told of.
  var forks: [Fork] = []

  init(isOfTest: Bool, isFirst: Bool, depth: Int, program: Program) {
    self.isOfTest = isOfTest
    self.isFirst = isFirst
    self.depth = depth
    self.program = program
  }

  /// How a process may come back to user mode.
  enum Return {
    case resumed
    /// To the system call that it made, which it makes again.
    case again
    case entersProgram
  }

  /// How the process comes back at `crossing`; nil if it cannot be this process, or if the kernel has changed
  /// its pc or its registers.
  ///
  /// An interrupt or a fault leaves all as it was. A system call changes a0 and goes on behind the `ecall`,
  /// or it changes nothing and is made again. An `exec` that succeeds enters another program, and one that
  /// fails answers a negative number.
  func comesBack(_ crossing: UserCrossing) -> Return? {
    guard away.isCall else {
      return crossing.pc == away.pc && crossing.registers.firstDifference(from: away.registers) == nil
        ? .resumed : nil
    }
    let isBehindCall =
      crossing.pc == away.pc &+ 4
      && crossing.registers.firstDifference(from: away.registers, but: 10) == nil
    if away.call != .exit, crossing.pc == away.pc,
      crossing.registers.firstDifference(from: away.registers) == nil
    {
      return .again
    }
    switch away.call {
    case .exit: return nil
    case .exec:
      return isBehindCall && Int64(bitPattern: crossing.registers[10]) < 0 ? .resumed : .entersProgram
    case .fork: return isBehindCall && crossing.registers[10] != 0 ? .resumed : nil
    default: return isBehindCall ? .resumed : nil
    }
  }

  /// What has changed of the process that comes back at `crossing`, for a sentence.
  func change(at crossing: UserCrossing) -> String {
    if away.call == .exit { return "it went on after exit()" }
    let interruption = away.cause >> 63 == 1 ? "an interrupt" : "a fault"
    let why = away.isCall ? away.call.map { "\($0.name)()" } ?? "a system call" : interruption
    let pc = away.isCall ? away.pc &+ 4 : away.pc
    if crossing.pc != pc { return "after \(why) at \(hex(away.pc)) it went on at \(hex(crossing.pc))" }
    let register = crossing.registers.firstDifference(from: away.registers, but: away.isCall ? 10 : 0)
    if let register { return "after \(why) at \(hex(away.pc)) its register x\(register) had changed" }
    return "\(why) at \(hex(away.pc)) answered \(crossing.registers[10]) to its caller"
  }
}

/// A call of `fork`, until `wait` tells of its child.
final class Fork {
  /// The parent, which may be gone before its child comes to user mode, and what it was.
  let parent: ObjectIdentifier
  let parentIsOfTest: Bool
  let parentDepth: Int
  let parentProgram: UserProcess.Program
  /// The parent's registers and pc at the call.
  let registers: [UInt64]
  let pc: UInt64
  /// What the call answered; nil as long as the parent has not come back.
  var pid: Int32?
  /// The child; nil as long as it has not come to user mode.
  var child: UserProcess?

  init(_ parent: UserProcess) {
    self.parent = ObjectIdentifier(parent)
    parentIsOfTest = parent.isOfTest
    parentDepth = parent.depth
    parentProgram = parent.program
    registers = parent.away.registers
    pc = parent.away.pc
  }

  /// Whether a process that begins at `crossing` may be the child: it has the parent's registers, but for a0,
  /// which is 0.
  func mayBegin(_ crossing: UserCrossing) -> Bool {
    child == nil && crossing.registers[10] == 0 && crossing.pc == pc &+ 4
      && crossing.registers.firstDifference(from: registers, but: 10) == nil
  }

  /// Whether `process` made the call.
  func isCall(of process: UserProcess?) -> Bool { process.map { ObjectIdentifier($0) == parent } ?? false }

  /// Whether nobody can tell the children of the two calls from each other when they begin. The parents may
  /// be twins themselves.
  func isTwin(of other: Fork) -> Bool {
    pc == other.pc && (1..<32).allSatisfy { $0 == 10 || registers[$0] == other.registers[$0] }
  }
}

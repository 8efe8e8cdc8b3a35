import HostSupport
import LabModel
import LabPrograms
import ObjectFile
import Submissions
import VirtBoard
import XV6Kernel

extension Benchmark {
  /// Does the work once, in this process, and reports what it cost. An error means that the guest did not do
  /// its work.
  ///
  /// `rounds` is how often the guest repeats its work; nil means as often as the guest itself decides.
  package func run(rounds: Int? = nil) throws -> RunReport {
    switch work {
    case .guest(let name): try runGuest(name, rounds)
    case .program(let command): try runProgram(command + (rounds.map { ["\($0)"] } ?? []))
    case .kernel(let kernel): try run(kernel)
    }
  }

  /// The address at which a guest finds the number of its rounds (`ROUNDS` in bench.h).
  private static let roundsAddress: UInt64 = 0x801F_FFF8

  private func runGuest(_ name: String, _ rounds: Int?) throws -> RunReport {
    guard let elf = LabPrograms.guest(name) else { throw HostTrouble("\(name): no such guest") }
    let board = try Board(kernel: ELF(parsing: elf), BoardConfiguration())
    if let rounds { board.memory.store64(Self.roundsAddress, UInt64(rounds)) }
    var said: [UInt8] = []
    board.onConsoleOutput = { said += $0 }
    let startUp = HostUsage.processorSeconds
    let stop = board.run()
    guard stop == .poweredOff(status: 0) else { throw HostTrouble("\(name): \(stop)") }
    let answer = String(decoding: said.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return RunReport(instructions: board.retired, startUp: startUp, answer: answer)
  }

  private func runProgram(_ command: [String]) throws -> RunReport {
    var configuration = KernelConfiguration(
      solution: try SolutionCatalogue.builtIn(SolutionCatalogue.standard),
      disk: try LabDisk.image(for: "benchmarks"))
    configuration.arguments = ["init"] + command
    let kernel = try XV6Kernel.Kernel(configuration)
    let startUp = HostUsage.processorSeconds
    let outcome = kernel.run()
    guard outcome == .finished(status: 0) else {
      throw HostTrouble("\(command.joined(separator: " ")): \(outcome)")
    }
    return RunReport(instructions: kernel.retired, startUp: startUp, answer: "status 0")
  }

  /// The console's output is looked at after this many instructions.
  private static let slice: UInt64 = 100_000

  private func run(_ kernel: Kernel) throws -> RunReport {
    var configuration = BoardConfiguration()
    configuration.harts = kernel.harts
    configuration.disk = try kernel.disk()
    let board: Board
    do {
      board = try Board(kernel: ELF(parsing: HostFile.contents(of: kernel.path)), configuration)
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError("\(kernel.path): \(error)")
    }
    var conversation = Conversation(command: kernel.command)
    var isDone = false
    board.onConsoleOutput = { [unowned board] bytes in
      switch conversation.hear(bytes) {
      case .none: break
      case .type(let bytes): board.type(bytes)
      case .done: isDone = true
      }
    }
    let startUp = HostUsage.processorSeconds
    while !isDone {
      let stop = board.run(until: board.retired + Self.slice)
      guard stop == .limit || isDone else { throw HostTrouble("\(kernel.path): \(stop)") }
    }
    var report = RunReport(instructions: board.retired, startUp: startUp, answer: conversation.lastLine)
    report.wishes.legacyDisk = board.virtioVersion == 1
    report.wishes.unprotected = !board.isProtected
    return report
  }
}

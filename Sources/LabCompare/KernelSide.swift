import BoardRunning
import HostSupport
import KernelFollowing
import LabEvents
import LabMeter
import LabModel
import Submissions
import VirtBoard

/// A real kernel on a board. It boots once; then each workload's command is typed at its shell.
struct KernelSide: ComparedSide {
  private let map: KernelMap
  private let limits: Lab.Limits
  /// The state in which the shell waits for a command.
  private let prompt: BoardSnapshot

  /// Boots the kernel. An `InputError` says why nothing can be measured on it.
  init(_ solution: KernelSolution, disk: [UInt8], limits: Lab.Limits, board configuration: BoardConfiguration)
    throws
  {
    map = KernelMap(solution.kernel)
    self.limits = limits
    if let gap = map.costGap { throw InputError("\(solution.path): the kernel cannot be compared: \(gap)") }
    var configuration = configuration
    configuration.memorySize = UInt64(solution.memoryMiB ?? limits.memoryMiB) << 20
    configuration.disk = disk
    let board: Board
    do {
      board = try Board(kernel: solution.kernel, configuration)
    } catch {
      throw InputError("\(solution.path): \(error)")
    }
    if let trouble = ShellBoard(board).runToPrompt(limit: limits.boardInstructions) {
      throw InputError("\(solution.path): before its shell's prompt: \(VisibleText.of(trouble))")
    }
    prompt = board.snapshot()
  }

  func measure(_ workload: Workload) throws -> Measured {
    let run = MeteredKernel(try Board(restoring: prompt), map)
    return run.measure(workload.run, limits)
  }
}

/// Measures one command on a kernel whose shell waits for it.
///
/// The command is the process that calls `exec` first. It is over when `wait` returns its pid to some
/// process, or when the kernel panics. What the shell does after that is not counted.
final class MeteredKernel {
  private let board: Board
  private var follower: KernelFollower?
  private var meter = Meter(command: nil)
  private var command: Int32?
  /// The processes that existed before the command: the shell and others.
  private var bystanders: Set<Int32> = []
  private var isOver = false

  init(_ board: Board, _ map: KernelMap) {
    self.board = board
    follower = KernelFollower(board, map) { [unowned self] event, _ in take(event) }
  }

  private var retired: UInt64 { follower?.userInstructions ?? 0 }

  private func take(_ event: LabEvent) {
    guard !isOver else { return }
    meter.take(event, retired)
    switch event {
    case .exec(let pid, _, _) where command == nil: bystanders.insert(pid)
    case .systemCall(let pid, "exec", _) where command == nil:
      command = pid
      follower?.bystanders = bystanders
    case .systemCallReturned(_, "wait", let result) where Int32(truncatingIfNeeded: result) == command:
      isOver = true
    case .panic: isOver = true
    default: break
    }
    if isOver { board.stopper.stop() }
  }

  func measure(_ command: [String], _ limits: Lab.Limits) -> Measured {
    board.type(Array((command.joined(separator: " ") + "\n").utf8))
    let stop = board.run(until: board.retired &+ limits.boardInstructions)
    return isOver
      ? meter.measurement(.ended, retired: nil)
      : meter.measurement(end(stop, limits), retired: retired)
  }

  private func end(_ stop: BoardStop, _ limits: Lab.Limits) -> RunEnd {
    let verdict = Verdict(stop, limits)
    guard stop == .limit, let sentence = verdict.sentence else { return RunEnd(verdict) }
    return .stopped(sentence + " of the board")
  }
}

import Foundation
import HostSupport
import LabGrading
import LabModel
import RV64
import Submissions
import VirtBoard

/// What the options of `grade` ask for. This is the same for every solution.
struct GradeSettings {
  let lab: Lab
  /// Names of the tests to run; nil for all.
  let tests: [String]?
  /// Whether the lab's extra tests run, if no tests are named.
  let extra: Bool
  let board: BoardConfiguration
  /// The schedules to run under.
  let seeds: ClosedRange<UInt64>
  let jobs: Int
  /// What goes into each test's hashes, and how often each test is run again to check that they are the same.
  let trace: TraceGrain?
  let replays: Int
  /// The RAM of a real kernel's board in MiB; nil for what its tree or the lab asks for.
  private let memoryMiB: Int?
  /// How many pages the processes of each test may hold together on the Swift kernel.
  private let quota: Int?
  /// Whether the results will be drawn.
  private let drawsMemory: Bool
  /// Whether a kernel's own test programs are believed, and the image that holds them if it is not the tree's
  /// own.
  private let theirs: Bool
  private let image: String?

  init(_ arguments: Arguments) throws {
    lab = try LabCatalogue.lab(arguments.value("--lab") ?? LabCatalogue.standard)
    tests = try Self.select(arguments.list("--test"), from: lab)
    extra = arguments.has("--extra")
    guard !extra || tests == nil else {
      throw InputError("--extra goes without --test, which takes extra tests by their names")
    }
    seeds = try Self.seeds(arguments)
    var board = BoardConfiguration()
    board.harts = try arguments.integer("--harts", in: 1...Board.maxHarts) ?? 1
    try arguments.chooseBoard(&board)
    self.board = board
    memoryMiB = try arguments.integer("--memory", in: 1...4096)
    let whose = arguments.value("--tests") ?? "ours"
    guard ["ours", "theirs"].contains(whose) else {
      throw InputError("--tests takes ours or theirs, not \"\(whose)\"")
    }
    theirs = whose == "theirs"
    let named = Set(tests ?? []).intersection(lab.extra.map(\.name))
    guard !theirs || (named.isEmpty && !extra) else {
      throw InputError("--tests theirs: extra tests are ours alone")
    }
    image = arguments.value("--image")
    guard theirs || image == nil else {
      throw InputError("--image goes with --tests theirs: our tests run on a disk of our own")
    }
    jobs = try arguments.integer("--jobs", in: 1...256) ?? ProcessInfo.processInfo.activeProcessorCount
    quota = try arguments.quota()
    drawsMemory = ResultOutput.drawsPages(arguments)
    replays = try arguments.integer("--replays", in: 1...1_000_000) ?? 0
    trace = try arguments.traceGrain() ?? (replays > 0 ? .turns : nil)
  }

  /// A grader for `solution`, under the first schedule.
  func grader(of solution: Solution, jobs: Int) throws(InputError) -> Grader {
    var solution = solution
    if let memoryMiB, case .kernel(var kernel) = solution {
      kernel.memoryMiB = memoryMiB
      solution = .kernel(kernel)
    }
    var grader = Grader(lab: lab, solution: solution, tests: tests, extra: extra, jobs: jobs)
    grader.board = board
    grader.board.seed = seeds.lowerBound
    grader.trace = trace
    grader.replays = replays
    grader.quota = quota
    grader.drawsMemory = drawsMemory
    if quota != nil, case .kernel = solution {
      throw InputError("--quota is the Swift kernel's, and \(solution.name) is a kernel of its own")
    }
    if theirs, case .kernel(let kernel) = solution {
      if let image {
        grader.theirImage = try HostFile.contents(of: image)
      } else {
        grader.theirImage = try kernel.ownImage()
      }
    }
    return grader
  }

  /// The tests of a solution that cannot be graded.
  var ungradedTests: [Lab.Test] { Grader.tests(of: lab, named: tests, extra: extra) }

  /// Everything that changes results, apart from the solution and this program itself, in one line.
  var description: String {
    let names = tests?.joined(separator: ",") ?? (extra ? "all and extra" : "all")
    let disk = theirs ? "theirs \(image ?? "")" : "ours"
    return "\(lab) tests \(names) board \(board) seed \(seeds.lowerBound) \(disk)"
      + (quota.map { " quota \($0)" } ?? "") + (memoryMiB.map { " memory \($0)" } ?? "")
  }

  /// The schedules from `--seeds A...B`, or the one from `--seed`.
  private static func seeds(_ arguments: Arguments) throws(InputError) -> ClosedRange<UInt64> {
    guard let text = arguments.value("--seeds") else {
      let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max) ?? 1)
      return seed...seed
    }
    let ends = text.split(separator: ".", omittingEmptySubsequences: true).compactMap { UInt64($0) }
    guard ends.count == 2, ends[0] <= ends[1], ends[1] - ends[0] < 1_000_000 else {
      throw InputError("--seeds takes a range such as 1...20, not \"\(text)\"")
    }
    return ends[0]...ends[1]
  }

  /// `names`, if the lab knows each of them. Nil, for all of the lab's tests, if `names` is empty.
  private static func select(_ names: [String], from lab: Lab) throws(InputError) -> [String]? {
    let known = Set((lab.tests + lab.treeOnly + lab.extra).map(\.name))
    if let name = names.first(where: { !known.contains($0) }) {
      throw InputError(
        "lab \"\(lab.name)\" has no test \"\(name)\" (labrunner list tests lists them)"
          + Spelling.hint(for: name, of: known.sorted()))
    }
    return names.isEmpty ? nil : names
  }
}

import XV6FileSystem
import XV6Kernel

/// A sequence of file-system calls, during the last of which the power fails in every way that `CrashStates`
/// knows.
///
/// Crashes during the earlier calls belong to shorter sequences, so all sequences of up to n calls cover all
/// crashes. After each crash the kernel boots on what is on the disk, and recovers. Then
///
/// - the checker must find no mistake, except a file that was open and had no name, if there was one;
/// - names and contents must be those after some number of whole transactions of the call; on a disk that
///   keeps the order, never fewer than after an earlier cut; all of them if the call has returned;
/// - booting a second time must change nothing;
/// - and if recovery wrote something, a crash of every kind during recovery itself must lead to the same
///   disk.
package struct CrashTrial: Sendable {
  package let calls: [CrashCall]
  /// The planted mistake in the kernel's log; nil for xv6 as it is.
  package let mutation: LogMutation?

  package init(_ calls: [CrashCall], mutation: LogMutation? = nil) {
    self.calls = calls
    self.mutation = mutation
  }

  /// What was tried, and the result.
  package struct Report: Sendable {
    package var sequences = 0
    package var writes = 0
    /// Crashes of the call, by kind.
    package var crashes: [CrashPoint.Kind: Int] = [:]
    /// Crashes of recovery itself.
    package var crashesOfRecovery = 0
    /// The mistakes that were found, one line each; at most a few for each sequence.
    package var wrong: [String] = []

    package init() {}

    package mutating func add(_ other: Report) {
      sequences += other.sequences
      writes += other.writes
      crashes.merge(other.crashes, uniquingKeysWith: +)
      crashesOfRecovery += other.crashesOfRecovery
      wrong += other.wrong
    }
  }

  /// Tries it.
  package func run() throws -> Report {
    let model = FileModel()
    var run = Run(trial: self, initial: try Self.disk(), states: [model])
    try run.perform(model)
    try run.crash()
    return run.report
  }

  /// The disk on which trials begin: small, so that it is soon copied.
  private static func disk() throws -> [UInt8] {
    var image = try FileSystemImage(
      blocks: 90, inodes: 20, files: [.init(path: "a", contents: CrashCall.original)])
    try image.makeDirectory("d")
    return image.bytes
  }

  fileprivate static let mostComplaints = 3
}

/// One running trial.
private struct Run {
  let trial: CrashTrial
  let initial: [UInt8]
  /// The states that the disk may have: before the last call, and after each of its transactions.
  var states: [FileModel]
  var writes: [DiskWrite] = []
  /// Writes before the last call.
  var first = 0
  var logstart: UInt32 = 0
  var report = CrashTrial.Report()
  /// Images, without the log, that were checked before, and the state of each. For most crashes recovery
  /// gives one of these.
  var known: [(data: ArraySlice<UInt8>, states: ClosedRange<Int>)] = []

  init(trial: CrashTrial, initial: [UInt8], states: [FileModel]) {
    self.trial = trial
    self.initial = initial
    self.states = states
  }

  mutating func complain(_ text: String) {
    guard report.wrong.count < CrashTrial.mostComplaints else { return }
    report.wrong.append(trial.calls.map(\.rawValue).joined(separator: "; ") + ": " + text)
  }

  /// Makes the calls, and compares what each did with the model.
  mutating func perform(_ start: FileModel) throws {
    let disk = RecordingDisk(image: initial)
    logstart = try FileSystemImage(parsing: initial).superblock.logstart
    var model = start
    var machine = try CrashMachine(disk: disk)
    for (index, call) in trial.calls.enumerated() {
      if index == trial.calls.count - 1 {
        first = disk.writes.count
        states = [model]
      }
      let expected = model.perform(call)
      let succeeded = try machine.perform(call)
      if succeeded != expected.succeeds { complain("\(call.rawValue) \(succeeded ? "succeeds" : "fails")") }
      if index == trial.calls.count - 1 { states += expected.states }
    }
    let image = try FileSystemImage(parsing: disk.image)
    if try image.tree() != model.tree { complain("does something else than xv6") }
    writes = disk.writes
    if let mutation = trial.mutation {
      let before = mutation.applied(to: Array(writes[..<first]), logstart: logstart)
      writes = before + mutation.applied(to: Array(writes[first...]), logstart: logstart)
      first = before.count
    }
    report.sequences = 1
    report.writes = writes.count - first
  }

  /// Crashes in every way during the last call.
  mutating func crash() throws {
    let crashes = CrashStates(initial: initial, writes: writes, logstart: logstart)
    var reached = 0
    var isCommitted = false
    try crashes.forEach(from: first) { point, image in
      report.crashes[point.kind, default: 0] += 1
      let recovered = try recover(image)
      let state = try judge(recovered.image)
      guard let state, state.upperBound >= (point.kind == .reordered ? 0 : reached) else {
        return complain("\(point): " + (try verdict(recovered.image)))
      }
      if point.kind == .ordered { reached = max(reached, state.lowerBound) }
      if point.done == writes.count && !state.contains(states.count - 1) {
        complain("the call has returned, and after a crash it has not happened")
      }
      if try recover(recovered.image).image != recovered.image {
        complain("\(point): a second boot changes the disk")
      }

      let isFull = image.header(logstart) != 0
      if isFull && !isCommitted && point.kind == .ordered {
        try crashRecovery(at: point, image, recovered)
      }
      if point.kind == .ordered { isCommitted = isFull }
    }
  }

  /// Crashes in every way while recovery works on `image`.
  private mutating func crashRecovery(
    at point: CrashPoint, _ image: [UInt8], _ whole: (image: [UInt8], writes: [DiskWrite])
  ) throws {
    let crashes = CrashStates(initial: image, writes: whole.writes, logstart: logstart)
    try crashes.forEach { again, state in
      report.crashesOfRecovery += 1
      if try recover(state).image != whole.image {
        complain("\(point), and recovery \(again): the second recovery comes to another disk")
      }
    }
  }

  /// Boots on `image`. Returns the disk after recovery, and what recovery wrote.
  private func recover(_ image: [UInt8]) throws -> (image: [UInt8], writes: [DiskWrite]) {
    let disk = RecordingDisk(image: image)
    try CrashMachine.boot(disk)
    guard let mutation = trial.mutation else { return (disk.image, disk.writes) }
    let writes = mutation.applied(toRecovery: disk.writes, logstart: logstart)
    var result = image
    for write in writes { write.apply(to: &result) }
    return (result, writes)
  }

  /// The numbers of the states that a recovered disk can be; nil if it is none of them, or damaged.
  private mutating func judge(_ image: [UInt8]) throws -> ClosedRange<Int>? {
    guard image.header(logstart) == 0 else { return nil }
    let data = image[((Int(logstart) + DiskLayout.logSize) * DiskLayout.blockSize)...]
    if let known = known.first(where: { $0.data == data }) { return known.states }
    let parsed = try FileSystemImage(parsing: image)
    let findings = parsed.check()
    guard findings.allSatisfy({ !$0.isDamage }) else { return nil }
    let tree = try parsed.tree()
    let matching = states.indices.filter { index in
      states[index].tree == tree && findings.count == (states[index].hasOrphan ? 1 : 0)
    }
    guard let first = matching.first, let last = matching.last else { return nil }
    known.append((data, first...last))
    return first...last
  }

  /// What is wrong with a recovered disk, in words.
  private func verdict(_ image: [UInt8]) throws -> String {
    if image.header(logstart) != 0 { return "recovery leaves the log full" }
    let findings = try FileSystemImage(parsing: image).check().filter(\.isDamage)
    if let finding = findings.first { return "\(finding)" }
    return "names and contents are those of no whole transaction, or of too few"
  }
}

extension [UInt8] {
  /// The count in the log's header.
  fileprivate func header(_ logstart: UInt32) -> UInt32 {
    let start = Int(logstart) * DiskLayout.blockSize
    return self[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}

import RV64
import Sv39MMU

import enum LabEvents.Syscall
import let XV6Kernel.TRAPFRAME

/// Keeps account of what a test's processes really did, from what the hart shows: which places they executed,
/// which statuses they gave to `exit`, what `wait` made of them, and whether they came back to user mode as
/// they had left it. What the kernel says about them decides nothing.
///
/// **Who is who.** While a process lives, its trapframe is a page of its own, which every xv6 maps at
/// TRAPFRAME in the process's page table. The physical page is the process's identity. If nothing is mapped
/// there, the root page table is. A `fork` that answers 0 in an address space of its own begins a child. The
/// command's process is the first child of the launcher (the shell, or init); it and its descendants count.
///
/// One machine has one ledger, and calls it from one thread at a time.
package final class UserLedger: UserWatcher, @unchecked Sendable {
  package let program: UserProgram
  private let launcher: UserProgram
  private let command: [String]
  /// The places that the test owns.
  private let places: [CheckPlace]
  /// The map of these places, for the harts of the machine.
  package let map: PlaceMap
  /// Which place has a copy at an address.
  private let placeAt: [UInt64: Int]
  /// Failed checks count in the command's own process and in so many generations below it.
  private let generations: Int

  private var processes: [UInt64: UserProcess] = [:]
  /// The process that each hart runs.
  private var running: [UserProcess?] = []
  /// The calls of `fork` whose children have not come to user mode, the oldest first.
  private var unborn: [Fork] = []
  /// The calls of `fork` whose children no `wait` has told of.
  private var open: [Fork] = []
  private var hasFirst = false
  /// The pids that somebody has asked the kernel to kill.
  private var condemned: Set<Int32> = []
  private var executed: [Bool]

  /// The status with which the command's own process ended, at the end of its `main`; nil if it has not.
  package private(set) var status: Int32?
  /// The first process of the test that executed a check that failed; nil if there was none.
  package private(set) var failure: String?
  /// The first thing that `wait` or `fork` told wrongly, as a sentence; nil if there was none.
  package private(set) var statusMistake: String?
  /// The first change in a process of the test that only a kernel can have made, as a sentence; nil if there
  /// was none.
  package private(set) var change: String?

  /// More processes and calls than any test has at a time. What is beyond them is not followed.
  private static let most = 4096

  /// - `command`: the test's command, a name and arguments;
  /// - `function`: the C function that is the test, which owns the places; nil if the command names no test;
  /// - `generations`: failed checks count in the command's own process and in so many generations below it; nil
  ///   for all. A test that runs other tests lets them fail;
  /// - `program`: the command's program;
  /// - `launcher`: the program that forks and executes the command.
  package init(
    command: [String], function: String?, generations: Int? = nil, program: UserProgram, launcher: UserProgram
  ) {
    self.command = command
    self.generations = generations ?? .max
    self.program = program
    self.launcher = launcher
    places = function.map { program.places(of: $0) } ?? []
    map = program.map(of: places)
    placeAt = Dictionary(
      places.enumerated().flatMap { index, place in place.addresses.map { ($0, index) } },
      uniquingKeysWith: { first, _ in first })
    executed = Array(repeating: false, count: places.count)
  }

  /// The places that had to be executed, and the first of those that were not.
  package var missing: (count: Int, of: Int, first: CheckPlace?) {
    let needed = places.indices.filter { !places[$0].isOptional }
    let missing = needed.filter { !executed[$0] }
    return (missing.count, needed.count, missing.first.map { places[$0] })
  }

  /// Whether `hart` runs a process of the test, in the test's program.
  package func runsTest(on hart: UInt64) -> Bool {
    process(on: hart).map { $0.isOfTest && $0.program == .test } ?? false
  }

  // MARK: What the hart tells

  package func reached(_ pc: UInt64, satp: UInt64, hart: UInt64) {
    guard let process = process(on: hart), process.isOfTest, process.program == .test,
      let place = placeAt[pc]
    else { return }
    executed[place] = true
    for address in places[place].addresses { map.close(address) }
  }

  package func left(_ crossing: UserCrossing, cause: UInt64) {
    let process = process(on: crossing.hart) ?? adopt(crossing)
    crossing.registers.save(to: &process.away.registers)
    process.away.pc = crossing.pc
    process.away.cause = cause
    process.isAway = true
    run(nil, on: crossing.hart)
    guard process.away.isCall else { return }
    called(process, crossing)
  }

  package func entered(_ crossing: UserCrossing) {
    let identity = identity(crossing)
    let present = processes[identity].flatMap { $0.isAway ? $0 : nil }
    let known = present.flatMap { $0.isReaped ? nil : $0 }
    let process: UserProcess
    if let known, known.away.call != .exec, known.comesBack(crossing) == .resumed {
      process = known
      resumed(known, crossing)
    } else if let fork = unborn.first(where: { $0.mayBegin(crossing) && !$0.isCall(of: known) }) {
      process = begin(fork, crossing)
      processes[identity] = process
    } else if let known, let how = known.comesBack(crossing) {
      process = known
      switch how {
      case .resumed: resumed(known, crossing)
      case .again: makesAgain(known)
      case .entersProgram: enteredProgram(known, crossing)
      }
    } else if let known {
      process = known
      if known.isOfTest { note(change: "\(name(known)): \(known.change(at: crossing))") }
    } else if let present, present.comesBack(crossing) == .resumed {
      // It was a twin of this process that a `wait` told of.
      process = present
      present.isReaped = false
      resumed(present, crossing)
    } else {
      process =
        executed(in: crossing) ?? UserProcess(isOfTest: false, isFirst: false, depth: 0, program: .other)
      if processes.count < Self.most { processes[identity] = process }
    }
    process.isAway = false
    run(process, on: crossing.hart)
  }

  // MARK: Processes

  private func identity(_ crossing: UserCrossing) -> UInt64 {
    let space = AddressSpace(memory: crossing.memory, satp: crossing.satp)
    guard crossing.satp >> 60 != 0 else { return 0 }
    return space.physical(TRAPFRAME).map { $0 & ~4095 } ?? space.root
  }

  private func process(on hart: UInt64) -> UserProcess? {
    hart < UInt64(running.count) ? running[Int(hart)] : nil
  }

  private func run(_ process: UserProcess?, on hart: UInt64) {
    guard hart < 64 else { return }
    while running.count <= Int(hart) { running.append(nil) }
    running[Int(hart)] = process
  }

  /// A process that was in user mode before the ledger began.
  private func adopt(_ crossing: UserCrossing) -> UserProcess {
    let process = UserProcess(isOfTest: false, isFirst: false, depth: 0, program: .other)
    processes[identity(crossing)] = process
    return process
  }

  /// The process of `fork`, which comes to user mode for the first time.
  private func begin(_ fork: Fork, _ crossing: UserCrossing) -> UserProcess {
    unborn.removeAll { $0 === fork }
    let isFirst = !hasFirst && fork.parentProgram == .launcher
    if isFirst { hasFirst = true }
    let child = UserProcess(
      isOfTest: isFirst || fork.parentIsOfTest, isFirst: isFirst,
      depth: isFirst ? 0 : fork.parentDepth + 1, program: isFirst ? .other : fork.parentProgram)
    child.pid = fork.pid
    fork.child = child
    return child
  }

  /// On a machine where a process has no page of its own, `exec` may change its identity: the process that
  /// enters a program at `crossing`, where `exec` passes the arguments at the end of the stack.
  private func executed(in crossing: UserCrossing) -> UserProcess? {
    guard crossing.registers[11] == crossing.registers[2],
      AddressSpace(memory: crossing.memory, satp: crossing.satp).physical(TRAPFRAME) == nil,
      let old = processes.first(where: {
        $0.value.isOfTest && $0.value.isAway && !$0.value.isReaped && $0.value.away.call == .exec
      })
    else { return nil }
    processes[old.key] = nil
    enteredProgram(old.value, crossing)
    return old.value
  }

  private func name(_ process: UserProcess) -> String {
    let name = process.program == .test ? program.name : "a process of the test"
    return process.pid.map { "\(name) (pid \($0))" } ?? name
  }

  // MARK: System calls

  private func called(_ process: UserProcess, _ crossing: UserCrossing) {
    let call = process.away.call
    if process.isOfTest, process.program == .test, process.depth <= generations,
      program.failed?.contains(crossing.pc) == true
    {
      failure = failure ?? name(process)
    }
    switch call {
    case .fork?:
      let space = AddressSpace(memory: crossing.memory, satp: crossing.satp)
      if !process.isOfTest, launcher.isRunning(in: space, at: crossing.pc) { process.program = .launcher }
      guard unborn.count < Self.most, process.forks.count < Self.most else { return }
      let fork = Fork(process)
      process.forks.append(fork)
      unborn.append(fork)
      if open.count == Self.most { open.removeFirst() }
      open.append(fork)
    case .exit?:
      process.status = Int32(truncatingIfNeeded: process.away.registers[10])
      if process.isFirst, process.program == .test, program.finish.contains(crossing.pc), status == nil {
        status = process.status
        compareText(process, crossing, "when it ended")
      }
    case .kill?:
      if condemned.count < Self.most {
        condemned.insert(Int32(truncatingIfNeeded: process.away.registers[10]))
      }
    default: break
    }
  }

  /// `process` makes its system call again, so the first call has not happened.
  private func makesAgain(_ process: UserProcess) {
    guard process.away.call == .fork, let fork = process.forks.last, fork.pid == nil else { return }
    process.forks.removeLast()
    forget(fork)
  }

  private func forget(_ fork: Fork) {
    unborn.removeAll { $0 === fork }
    open.removeAll { $0 === fork }
  }

  /// `process` goes on as it should after it left user mode.
  private func resumed(_ process: UserProcess, _ crossing: UserCrossing) {
    let answer = Int32(truncatingIfNeeded: crossing.registers[10])
    switch process.away.call {
    case .fork?: forked(process, answer)
    case .wait? where answer > 0:
      let address = process.away.registers[10]
      let space = AddressSpace(memory: crossing.memory, satp: crossing.satp)
      waited(process, answer, address == 0 ? nil : .some(space.word(address).map { Int32(bitPattern: $0) }))
    default: break
    }
  }

  /// `fork` answers `pid` to `parent`.
  private func forked(_ parent: UserProcess, _ pid: Int32) {
    guard let fork = parent.forks.last, fork.pid == nil else { return }
    guard pid < 0 else {
      if parent.isOfTest, parent.forks.contains(where: { $0.pid == pid }) {
        note(statusMistake: "fork() answered pid \(pid) twice, to \(name(parent))")
      }
      fork.pid = pid
      fork.child?.pid = pid
      return
    }
    parent.forks.removeLast()
    forget(fork)
    guard let child = fork.child else { return }
    // The child that has begun may be that of an earlier call.
    if let other = open.first(where: { $0.child == nil && $0.isTwin(of: fork) }) {
      other.child = child
      child.pid = other.pid
      unborn.removeAll { $0 === other }
    } else if parent.isOfTest {
      note(statusMistake: "fork() answered \(pid) to \(name(parent)), but its child ran")
    }
  }

  /// `wait` tells `parent` that `pid` has ended. `told` is the status that it stored: nil if nobody asked for
  /// one, and `.some(nil)` if nothing is mapped at the address.
  private func waited(_ parent: UserProcess, _ pid: Int32, _ told: Int32??) {
    guard let index = parent.forks.firstIndex(where: { $0.pid == pid }) else {
      if parent.isOfTest {
        note(
          statusMistake:
            "wait() told \(name(parent)) of pid \(pid), which is no child that it has to wait for")
      } else {
        // Init waits for orphans.
        processes.values.first { $0.pid == pid && !$0.isReaped }?.isReaped = true
      }
      return
    }
    let fork = parent.forks.remove(at: index)
    forget(fork)
    // If several calls cannot be told from each other, each child fits each call.
    let twins = [fork] + open.filter { $0.isTwin(of: fork) }
    let fit =
      twins.first { twin in
        guard let child = twin.child else { return false }
        guard let told else { return child.status != nil }
        return child.status != nil && child.status == told
      }
      ?? twins.first { twin in
        twin.child.map { $0.status == nil } ?? false && told != .some(.some(0)) && told != .some(nil)
      }
    if let fit {
      fit.child?.isReaped = true
      let rest = fork.child
      if fit !== fork {
        fit.child = rest
        if rest == nil { unborn.append(fit) }
      }
      return
    }
    defer { fork.child?.isReaped = true }
    guard parent.isOfTest else { return }
    let tells =
      switch told {
      case nil: "wait() told that pid \(pid) had ended"
      case .some(nil): "wait() stored no status for the parent of pid \(pid)"
      case .some(let status?): "wait() told pid \(pid)'s parent status \(status)"
      }
    if let status = fork.child?.status {
      note(statusMistake: "\(tells); pid \(pid) had exited with \(status)")
    } else if fork.child != nil {
      note(statusMistake: "\(tells); pid \(pid) had not called exit()")
    } else if told == .some(.some(0)) || !condemned.contains(pid) {
      note(statusMistake: "\(tells); no process of that pid has run")
    }
  }

  /// `exec` has led `process` into a program.
  private func enteredProgram(_ process: UserProcess, _ crossing: UserCrossing) {
    guard process.isOfTest else {
      process.program = .other
      return
    }
    let space = AddressSpace(memory: crossing.memory, satp: crossing.satp)
    let isOurs = crossing.pc == program.entry && program.isRunning(in: space, at: crossing.pc)
    let wasTest = process.program == .test
    process.program = isOurs ? .test : .other
    guard process.isFirst, !wasTest else { return }
    guard isOurs else { return note(change: "exec() of \(program.name) led into another program") }
    compareText(process, crossing, "when it began")
    let list = crossing.registers[11]
    let isAsTyped =
      crossing.registers[10] == UInt64(command.count)
      && command.indices.allSatisfy { n in
        space.doubleword(list &+ 8 &* UInt64(n)).map { space.holds(command[n], at: $0) } ?? false
      }
    if !isAsTyped { note(change: "\(program.name) was given other arguments than those of the command") }
  }

  private func compareText(_ process: UserProcess, _ crossing: UserCrossing, _ when: String) {
    let space = AddressSpace(memory: crossing.memory, satp: crossing.satp)
    guard let address = program.firstDifference(in: space) else { return }
    note(
      change:
        "\(name(process)) had other text or tables in memory than in its file \(when), first at \(hex(address))"
    )
  }

  private func note(statusMistake sentence: String) { statusMistake = statusMistake ?? sentence }
  private func note(change sentence: String) { change = change ?? sentence }
}

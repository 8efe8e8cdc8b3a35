import LabEvents
import RV64
import Sv39MMU
import VirtBoard

/// Reports what the kernel's own functions do.
extension KernelFollower {
  package func see(_ hit: ProbeHit) {
    switch map.points[hit.address] {
    case nil: break
    case .trapVector: clock.leave(hit.hart, at: hit.retired)
    case .entry(let function): begin(function, hit)
    case .end(let function):
      guard let call = calls.removeValue(forKey: CallSite(function: function, sp: hit.sp)) else { return }
      end(function, call, result: hit.arguments.a0, hart: hit.hart)
    }
  }

  private func begin(_ function: KernelMap.Function, _ hit: ProbeHit) {
    let a = hit.arguments
    switch function {
    case .memset:
      guard isPage(a.a0), a.a2 == PGSIZE, !map.allocator.contains(where: { $0.contains(hit.ra) }) else {
        return
      }
      tell(.pageFilled(page: a.a0, byte: UInt8(truncatingIfNeeded: a.a1)))
    case .memmove:
      guard isPage(a.a0), isPage(a.a1), a.a2 == PGSIZE else { return }
      tell(.pageCopied(from: a.a1, to: a.a0))
    case .exit: exit(status: Int32(truncatingIfNeeded: a.a0), hart: hit.hart)
    case .panic:
      hasPanicked = true
      let text = string(hit.satp, a.a0)
      panic(text, hit.hart, callers: KernelBacktrace(code: map.code, board: board).callers(at: hit))
    default:
      if function == .fork, let parent = processes?.current(on: hit.hart) {
        forking.keep(parent.pid, most: Self.most)
      }
      calls.keep(hit, for: CallSite(function: function, sp: hit.sp), most: Self.most)
    }
  }

  /// `function`, which began with `call`, has ended.
  private func end(_ function: KernelMap.Function, _ call: ProbeHit, result: UInt64, hart: UInt64) {
    let a = call.arguments
    let value = Int32(truncatingIfNeeded: result)
    let process = processes?.current(on: hart)
    let pid = process?.pid ?? 0
    switch function {
    case .kalloc where result == 0: tell(.outOfMemory(pid: pid))
    case .kalloc:
      free = max(0, free - 1)
      tell(.pageAllocated(page: result, free: free))
    case .kfree:
      free += 1
      tell(.pageFreed(page: a.a0, free: free))
    case .mappages where value == 0: mapped(root: a.a0, va: a.a1, count: a.a2)
    case .copyin: copied(.copyin, pid, a.a0, a.a2, a.a3, value == 0)
    case .copyout: copied(.copyout, pid, a.a0, a.a1, a.a3, value == 0)
    case .copyinstr: copied(.copyinstr, pid, a.a0, a.a2, a.a3, value == 0)
    case .fork where forking.remove(pid) != nil && value > 0: forked(pid, value)
    case .exec where value >= 0:
      guard let process else { return }
      tell(.exec(pid: pid, path: string(call.satp, a.a0), size: process.size))
    case .kill where value == 0:
      let target = Int32(truncatingIfNeeded: a.a0)
      condemned.keep(target, most: Self.most)
      tell(
        .killed(
          pid: target, program: processes?.process(pid: target)?.name ?? "", reason: .signal(by: pid)))
    default: break
    }
  }

  /// Hart `hart` goes to a program that has made no request. This may be a new child. A child can run before
  /// `fork()` returns in its parent, if the parent had to give up its hart on the way.
  func tellOfChild(on hart: UInt64) {
    guard !forking.isEmpty, let processes, let process = processes.current(on: hart),
      !children.contains(process.pid)
    else { return }
    let parent = processes.parent(of: process)
    if forking.remove(parent) != nil { forked(parent, process.pid) }
  }

  private func forked(_ parent: Int32, _ child: Int32) {
    children.keep(child, most: Self.most)
    tell(.fork(parent: parent, child: child))
  }

  /// `mappages` has mapped the pages of these bytes.
  private func mapped(root: UInt64, va: UInt64, count: UInt64) {
    guard count > 0 else { return }
    var page = PGROUNDDOWN(va)
    for _ in 0..<Self.most where page < va &+ count {
      if let entry = board.memory.leaf(root: root, va: page) {
        tell(.pageMapped(pagetable: root, address: page, entry: entry))
      }
      page &+= PGSIZE
    }
  }

  private func copied(
    _ direction: CopyDirection, _ pid: Int32, _ root: UInt64, _ address: UInt64, _ count: UInt64,
    _ succeeded: Bool
  ) {
    if !succeeded, let walk = refusal(direction, root, address, count) {
      tell(.copyRefused(pid: pid, direction: direction, walk: walk))
    }
    tell(
      .userCopy(pid: pid, direction: direction, address: address, count: count, succeeded: succeeded))
  }

  /// The walk to the first of these bytes that the program may not use. Nil if it may use all bytes that were
  /// looked at.
  private func refusal(_ direction: CopyDirection, _ root: UInt64, _ address: UInt64, _ count: UInt64)
    -> PageWalk?
  {
    var va = address
    for _ in 0..<Self.most where va &- address < count {
      let walk = Sv39.record(
        memory: board.memory, root: root, va: va, access: direction == .copyout ? .store : .load,
        privilege: .user)
      if case .fault = walk.result { return walk }
      va = PGROUNDDOWN(va) &+ PGSIZE
    }
    return nil
  }

  /// The process on hart `hart` exits. If it was in the kernel for another reason than a call of `exit`,
  /// it was killed.
  private func exit(status: Int32, hart: UInt64) {
    guard let process = processes?.current(on: hart) else { return }
    let request = requests.removeValue(forKey: process.address)
    if !condemned.contains(process.pid), let trap = request?.trap, request?.name != "exit" {
      tell(
        .killed(
          pid: process.pid, program: process.name,
          reason: .trap(scause: trap.cause, stval: trap.value, sepc: trap.pc)))
    }
    condemned.remove(process.pid)
    children.remove(process.pid)
    forking.remove(process.pid)
    tell(
      .exit(
        pid: process.pid, parent: processes?.parent(of: process) ?? 0, program: process.name, status: status))
  }

  package func panic(_ text: String, _ hart: UInt64?, callers: [SourcePlace]) {
    let process = hart.flatMap { processes?.current(on: $0) }
    // If processes are not known, the panic is most likely in the one that went into the kernel last.
    let request = processes == nil ? requests[lastKey] : process.flatMap { requests[$0.address] }
    let activity: KernelActivity =
      switch request.map({ TrapCause(rawValue: $0.trap.cause) }) {
      case nil: process == nil ? .boot : .trap
      case .environmentCallFromUser: .systemCall(request?.name ?? "")
      case let cause?? where cause.isPageFault: .pageFault
      default: .trap
      }
    tell(
      .panic(
        text: text, pid: process?.pid ?? 0, program: request?.program ?? process?.name ?? "",
        activity: activity,
        callers: callers))
  }

  private func isPage(_ address: UInt64) -> Bool {
    address % PGSIZE == 0 && board.memory.contains(address, count: Int(PGSIZE))
  }

  /// The C string at `address`, or only its beginning if it is long.
  private func string(_ satp: UInt64, _ address: UInt64) -> String {
    String(decoding: board.readVirtual(satp: satp, va: address, count: 256).prefix { $0 != 0 }, as: UTF8.self)
  }
}

import HostSupport
import LabDiagnosis
import LabEvents
import LabModel
import Sv39MMU

// copyin(), copyout(), copyinstr(): what a system call may use.

extension Detective {
  mutating func copied(
    _ pid: Int32, _ direction: CopyDirection, _ address: UInt64, _ count: UInt64, _ succeeded: Bool,
    _ processes: ProcessTable
  ) {
    let refusal = refusedCopies.removeValue(forKey: pid)
    guard let process = processes[pid], process.imageSize != nil, count > 0 else { return }
    // exec() writes to a stack that is not yet the process's.
    if direction == .copyout, process.call?.name == "exec" { return }
    let what =
      "\(direction) at \(hex(address)) for \(process.call?.name ?? "a system call")() of pid \(pid) (sz \(hex(process.size)))"
    if succeeded {
      let last = direction == .copyinstr ? address : address &+ (count - 1)
      if last >= PGROUNDUP(process.size) {
        clues.add(.copiedAboveBreak, what)
      } else if [address, last].contains(where: {
        Region(of: $0, in: process, size: process.size) == .guardPage
      }) {
        clues.add(.copiedGuardPage, what)
      } else if process.isOutOfMemory, let page = entry?.allocated.first {
        clues.add(.lostWithoutTable, "\(what) went on with the page at \(hex(page)), which is mapped nowhere")
      }
    } else if let walk = refusal, case .fault(let why) = walk.result {
      guard why.isMissing, walk.va < process.size else {
        if why == .supervisorPage(level: 0), walk.va < process.size, !process.isGuard(walk.va) {
          clues.add(.notUsers, "\(what) met a page that user mode may not use")
        }
        entry?.isRefused = true
        return
      }
      if process.isOutOfMemory {
        if entry?.allocated.isEmpty == false {
          clues.add(.lostWithoutTable, "\(what) cost a page that is nobody's")
        }
        return
      }
      if let sp = process.call?.arguments.stackPointer, walk.va < PGROUNDDOWN(sp) {
        clues.add(.refusedBelowStackPointer, "\(what) was refused at \(hex(walk.va)), below sp (\(hex(sp)))")
      }
      let isFirst = PGROUNDDOWN(walk.va) == PGROUNDDOWN(process.call?.pointer(direction) ?? address)
      clues.add(isFirst ? .copyRefusedFirst : .copyRefusedNext, "\(what) was refused at \(hex(walk.va))")
    } else {
      entry?.isRefused = true
    }
  }
}

extension ProcessTable.Call {
  /// Where the memory begins that the program gave the system call; its parts may be copied one by one.
  fileprivate func pointer(_ direction: CopyDirection) -> UInt64? {
    switch name {
    case "read", "write", "fstat": arguments.a1
    case "exec": direction == .copyin ? arguments.a1 : nil
    case "pipe", "wait": arguments.a0
    default: nil
    }
  }
}

extension ProcessTable.Process {
  fileprivate func isGuard(_ address: UInt64) -> Bool {
    Region(of: address, in: self, size: size) == .guardPage
  }
}

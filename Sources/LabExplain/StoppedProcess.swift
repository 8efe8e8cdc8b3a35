import HostSupport
import ObjectFile
import Sv39MMU

/// A process that has stopped at some moment, on the Swift kernel or on a real kernel.
struct StoppedProcess {
  /// RAM as it is at that moment.
  let memory: PhysicalMemory
  let pid: Int32
  let name: String
  /// The physical address of its page table's root.
  let root: UInt64
  let pc: UInt64
  let program: ELF
  let layout: AddressLayout
  /// The page fault that the kernel has not handled yet.
  let fault: Fault?
  /// How many instructions of the program retired; nil if they were not counted.
  let retired: UInt64?

  /// The contents of the trap registers.
  struct Fault {
    let scause: UInt64
    let stval: UInt64

    var access: Access { Access(pageFault: scause) }
  }

  /// Explains `addresses`. If there are none, it explains the faulting address, or the stack pointer if there
  /// is no fault. `stopped` says where the program has stopped.
  func explanation(of addresses: [String], command: [String], stopped: String, tree: Bool)
    throws(InputError)
    -> ProcessExplanation
  {
    let code = CodeMap(program)
    var explained: [AddressExplanation] = []
    for asked in addresses.isEmpty ? [fault == nil ? "sp" : "fault"] : addresses {
      explained.append(
        AddressExplanation(
          asked: asked, va: try AskedAddress.find(asked, in: self), access: fault?.access ?? .load,
          memory: memory, root: root, layout: layout, code: code))
    }
    return ProcessExplanation(
      command: command, pid: pid, program: name, retired: retired, stopped: stopped,
      fault: fault.map { ($0.stval, $0.access) }, pc: pc,
      source: code.location(of: pc)?.frames.first?.description, size: layout.size,
      stackPointer: layout.stackPointer, addresses: explained,
      tree: PageTableTree(memory: memory, root: root), showsTree: tree)
  }
}

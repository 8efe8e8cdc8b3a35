import HostSupport
import ObjectFile
import Sv39MMU

/// A process, of either host, stopped at a moment of its program.
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
  /// The page fault that the kernel has yet to handle.
  let fault: Fault?
  /// Retired instructions of the program; nil where nobody has counted them.
  let retired: UInt64?

  /// What the trap registers say.
  struct Fault {
    let scause: UInt64
    let stval: UInt64

    var access: Access { Access(pageFault: scause) }
  }

  /// Explains `addresses`; without any, the faulting address, or the stack pointer. `stopped` says where the program
  /// stands.
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

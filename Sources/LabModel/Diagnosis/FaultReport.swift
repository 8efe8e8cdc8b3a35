import LabEvents
import Sv39MMU

/// The page fault, the copy across the user boundary, or the panic that lost a test: who, what, where, the
/// page-table walk, what the kernel did, and what the lab expects.
package struct FaultReport: Sendable, Equatable, Codable {
  package enum Kind: String, Sendable, Codable {
    /// The program touched an address.
    case fault
    /// The kernel copied to or from an address of the program, in a system call.
    case copy
    /// The kernel panicked for another reason.
    case panic
  }

  package var kind: Kind

  // Who.
  package var pid: Int32
  package var program: String
  /// The function and line of the program: of the instruction that faulted, or of the system call.
  package var place: SourcePlace?
  /// The system call that the process was in; nil if the program itself caused the fault.
  package var call: String?

  // What.
  package var access: Access?
  /// The address of the access; nil if a panic does not tell one.
  package var address: UInt64?
  /// The trap's registers; nil if there was no trap.
  package var registers: Registers?
  /// How many times in a row the same fault came; 1 if it came once.
  package var repetitions: Int

  // Where.
  package var region: Region?
  /// The process's size, `p->sz`.
  package var size: UInt64
  package var walk: PageWalk?

  // What the kernel did, and what it should have done.
  package var response: Response
  package var panic: Panic?
  package var expected: LabExpectation?

  package init(
    kind: Kind, pid: Int32, program: String, place: SourcePlace? = nil, call: String? = nil,
    access: Access? = nil, address: UInt64? = nil, registers: Registers? = nil, repetitions: Int,
    region: Region? = nil, size: UInt64, walk: PageWalk? = nil, response: Response, panic: Panic? = nil,
    expected: LabExpectation? = nil
  ) {
    self.kind = kind
    self.pid = pid
    self.program = program
    self.place = place
    self.call = call
    self.access = access
    self.address = address
    self.registers = registers
    self.repetitions = repetitions
    self.region = region
    self.size = size
    self.walk = walk
    self.response = response
    self.panic = panic
    self.expected = expected
  }

  package struct Registers: Sendable, Equatable, Codable {
    package var scause: UInt64
    package var stval: UInt64
    package var sepc: UInt64
    package var sp: UInt64

    package init(scause: UInt64, stval: UInt64, sepc: UInt64, sp: UInt64) {
      self.scause = scause
      self.stval = stval
      self.sepc = sepc
      self.sp = sp
    }
  }

  /// A panic, and the chain of calls that led to it, the innermost call first.
  package struct Panic: Sendable, Equatable, Codable {
    package var text: String
    /// What the kernel was doing: `in a page fault`, `in fork()`.
    package var activity: String
    package var callers: [SourcePlace]

    package init(text: String, activity: String, callers: [SourcePlace]) {
      self.text = text
      self.activity = activity
      self.callers = callers
    }
  }

  /// What the kernel did next.
  package enum Response: String, Sendable, Codable {
    /// It mapped the page and went back to the program.
    case mapped
    /// It went back to the program without mapping a page there that the program may use.
    case resumed
    /// It killed the process.
    case killed
    case panicked
    /// The copy failed.
    case refused
    /// The copy succeeded.
    case copied
    /// The run ended before the kernel did anything.
    case nothing
  }
}

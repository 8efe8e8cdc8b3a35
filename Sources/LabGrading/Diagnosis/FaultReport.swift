import LabEvents
import Sv39MMU

/// What a test was lost over, where that is a page fault, a copy across the user boundary, or a panic: who, what, where,
/// the walk, what the kernel did, and what the lab expects.
public struct FaultReport: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable {
    /// The program touched an address.
    case fault
    /// The kernel copied to or from an address of the program, for a system call.
    case copy
    /// The kernel panicked over something else.
    case panic
  }

  public var kind: Kind

  // Who.
  public var pid: Int32
  public var program: String
  /// The program's function, and its line: of the instruction that faulted, or of the system call.
  public var place: SourcePlace?
  /// The system call that the process was in; nil for a fault of the program's own.
  public var call: String?

  // What.
  public var access: Access?
  /// The address of the access; nil where a panic names none.
  public var address: UInt64?
  /// The trap's registers; nil for what is no trap.
  public var registers: Registers?
  /// How often in a row the same fault came; 1 for once.
  public var repetitions: Int

  // Where.
  public var region: Region?
  /// The process's size, `p->sz`.
  public var size: UInt64
  public var walk: PageWalk?

  // What then, and what should have been.
  public var response: Response
  public var panic: Panic?
  public var expected: LabExpectation?

  public struct Registers: Sendable, Equatable, Codable {
    public var scause: UInt64
    public var stval: UInt64
    public var sepc: UInt64
    public var sp: UInt64
  }

  /// A panic, with the places that led to it, the innermost first.
  public struct Panic: Sendable, Equatable, Codable {
    public var text: String
    /// What the kernel was doing: `in a page fault`, `in fork()`.
    public var activity: String
    public var callers: [SourcePlace]
  }

  /// What the kernel did next.
  public enum Response: String, Sendable, Codable {
    /// It went back to the program, with the page mapped.
    case mapped
    /// It went back to the program, with nothing mapped there that the program may use.
    case resumed
    /// It killed the process.
    case killed
    case panicked
    /// The copy failed.
    case refused
    /// The copy succeeded.
    case copied
    /// The run ended before it did anything.
    case nothing
  }
}

import LabEvents
import LazySolutions
import Testing
import XV6FileSystem

@testable import XV6Kernel

/// A machine whose first process runs these instructions, from address 0 on, in one page of memory.
struct CodeMachine {
  let kernel: Kernel
  private let log = EventLog()
  private let transcript = Transcript()

  init(
    _ code: [UInt32], _ solution: any LabSolution = Starter(),
    _ change: (inout KernelConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = KernelConfiguration(solution: solution, disk: try FileSystemImage().bytes)
    configuration.instructionLimit = 10_000_000
    configuration.observe = { [log] in log.append($0) }
    configuration.consoleOutput = { [transcript] in transcript.append($0) }
    change(&configuration)
    kernel = try Kernel(configuration)
    let page = try #require(try kernel.walkaddr(kernel.procs[0].pagetable, 0))
    let image = code.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    try image.withUnsafeBytes { try kernel.write(page, $0) }
  }

  /// What the console shows after the greeting.
  var lines: [String] { transcript.text.split(separator: "\n").dropFirst().map(String.init) }

  func events() -> [LabEvent] { log.take() }
}

/// The few instructions that tests of traps need (unprivileged specification, RV32I/RV64I base).
enum Code {
  static let ecall: UInt32 = 0x73
  static let loop: UInt32 = 0x6f
  static let nothing: UInt32 = 0x13

  static func addi(_ rd: UInt32, _ rs1: UInt32, _ immediate: Int32) -> UInt32 {
    UInt32(bitPattern: immediate) << 20 | rs1 << 15 | rd << 7 | 0x13
  }
  static func lui(_ rd: UInt32, _ upper: UInt32) -> UInt32 { upper << 12 | rd << 7 | 0x37 }
  static func ld(_ rd: UInt32, _ rs1: UInt32) -> UInt32 { rs1 << 15 | 3 << 12 | rd << 7 | 0x03 }
  static func sd(_ rs2: UInt32, _ rs1: UInt32) -> UInt32 { rs2 << 20 | rs1 << 15 | 3 << 12 | 0x23 }
  static func jalr(_ rs1: UInt32) -> UInt32 { rs1 << 15 | 0x67 }
  static func jal(_ offset: Int32) -> UInt32 {
    let o = UInt32(bitPattern: offset)
    return (o >> 20 & 1) << 31 | (o >> 1 & 0x3ff) << 21 | (o >> 11 & 1) << 20 | (o >> 12 & 0xff) << 12 | 0x6f
  }
  /// `li a7, number; ecall`.
  static func call(_ number: Syscall) -> [UInt32] { [addi(17, 0, number.rawValue), ecall] }
}

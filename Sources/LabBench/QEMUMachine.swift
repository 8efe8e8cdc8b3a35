import Foundation
import HostSupport

/// QEMU's `virt` machine, with its translator on one thread. Our speed is compared with it.
package struct QEMUMachine: Sendable {
  private let path: String
  /// The version, in QEMU's own words.
  package let version: String

  package static let standard = "qemu-system-riscv64"

  /// The program `name`: a path, or a name that is looked up as a shell does. Nil if there is no such
  /// program.
  package init?(_ name: String = standard) {
    guard let program = HostProgram(name) else { return nil }
    path = program.path
    version = program.version ?? name
  }

  private static let machine = [
    "-machine", "virt", "-accel", "tcg,thread=single", "-bios", "none", "-m", "128M", "-display", "none",
    "-serial", "stdio", "-monitor", "none",
  ]

  /// Runs a guest. Returns what the guest said, and the measurement.
  func run(guest elf: String, seconds: Double) throws -> (answer: String, measurement: Measurement) {
    let child = try ChildProcess(path, Self.machine + ["-smp", "1", "-kernel", elf], seconds: seconds)
    guard child.status == 0 else {
      throw HostTrouble("QEMU ended with status \(child.status.map { "\($0)" } ?? "unknown")")
    }
    let line = child.output.prefix { $0 != UInt8(ascii: "\n") }
    return (String(decoding: line, as: UTF8.self), child.measurement)
  }

  /// Runs a kernel with the options of xv6's own Makefile. The kernel writes to its disk, so `disk` is a
  /// copy.
  func run(_ kernel: Benchmark.Kernel, _ wishes: RunReport.Wishes, disk: String, seconds: Double) throws
    -> (answer: String, measurement: Measurement)
  {
    var arguments = Self.machine + ["-smp", "\(kernel.harts)", "-kernel", kernel.path]
    arguments += ["-drive", "file=\(disk),if=none,format=raw,id=x0"]
    arguments += ["-device", "virtio-blk-device,drive=x0,bus=virtio-mmio-bus.0"]
    if !wishes.legacyDisk { arguments += ["-global", "virtio-mmio.force-legacy=false"] }
    if wishes.unprotected { arguments += ["-cpu", "rv64,pmp=false"] }
    var conversation = Conversation(command: kernel.command)
    let child = try ChildProcess(path, arguments, seconds: seconds) { conversation.hear($0) }
    if let status = child.status { throw HostTrouble("QEMU ended by itself, with status \(status)") }
    return (conversation.lastLine, child.measurement)
  }
}

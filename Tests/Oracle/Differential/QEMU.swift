import Foundation
import HostSupport

/// QEMU with a file as its RAM: it runs a batch's image to the end, and what it leaves in RAM is read from
/// the file.
package struct QEMU: Sendable {
  let executable: String

  /// The QEMU on the path; nil if it is not installed.
  package init?() {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let candidates = path.split(separator: ":").map { "\($0)/qemu-system-riscv64" }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      return nil
    }
    executable = found
  }

  /// RV64IMAC with M, S and U mode, Sv39 and PMP, Zba, Zbb, Zbc and Zbs, and of QEMU's other extensions none.
  static let processor =
    "rv64,f=off,d=off,h=off,v=off,zba=on,zbb=on,zbc=on,zbs=on,sstc=on,pmu-num=29,debug=off,"
    + "marchid=0,mimpid=0"

  private static func arguments(_ image: String) -> [String] {
    [
      "-M", "virt,memory-backend=ram", "-m", "\(Layout.ramSize >> 20)M",
      "-object", "memory-backend-file,id=ram,size=\(Layout.ramSize >> 20)M,mem-path=\(image),share=on",
      "-cpu", processor, "-accel", "tcg,thread=multi", "-smp", "1,maxcpus=2", "-bios", "none", "-nodefaults",
      "-display", "none",
      "-serial", "none", "-monitor", "none",
    ]
  }

  /// How many seconds of wall-clock time stand for one of processor time, for a machine that sleeps: even on
  /// a busy host, a process that wants to run gets more.
  private static let sleepers = 30.0

  /// Runs the image until the machine powers off; false if it did not within `seconds` of QEMU's processor
  /// time without progress.
  func run(_ image: RAMFile, patience seconds: Double, log: [String] = []) throws(DifferentialError) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = Self.arguments(image.path) + log
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let complaint = Pipe()
    process.standardError = complaint
    do { try process.run() } catch { throw .oracle("\(error)") }
    var progress = UInt64.max
    var used = 0.0
    var deadline = Date().addingTimeInterval(Self.sleepers * seconds)
    while process.isRunning {
      usleep(2000)
      let now = image.load64(Layout.header)
      if now != progress {
        progress = now
        used = ProcessorTime.of(process.processIdentifier) ?? used
        deadline = Date().addingTimeInterval(Self.sleepers * seconds)
      }
      let isOver = (ProcessorTime.of(process.processIdentifier) ?? used) - used >= seconds
      if isOver || Date() > deadline {
        // A processor that never comes to rest does not let QEMU end in order.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return false
      }
    }
    guard process.terminationStatus == 0 else {
      let words = complaint.fileHandleForReading.availableData
      throw .oracle(String(decoding: words, as: UTF8.self))
    }
    return true
  }
}

/// A sparse file that is a machine's RAM, gone with this object.
final class RAMFile {
  let path: String
  private let handle: FileHandle

  init() throws(DifferentialError) {
    let folder = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
    path = "\(folder)/differential-\(UUID().uuidString).ram"
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forUpdatingAtPath: path)
    else {
      throw .image(path: path, reason: "cannot be created")
    }
    self.handle = handle
    guard ftruncate(handle.fileDescriptor, off_t(Layout.ramSize)) == 0 else {
      throw .image(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit { unlink(path) }

  func write(_ address: UInt64, _ bytes: UnsafeRawBufferPointer) throws(DifferentialError) {
    let count = pwrite(handle.fileDescriptor, bytes.baseAddress, bytes.count, off_t(address - Layout.ramBase))
    guard count == bytes.count else { throw .image(path: path, reason: String(cString: strerror(errno))) }
  }

  func read(_ address: UInt64, _ count: Int) throws(DifferentialError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = bytes.withUnsafeMutableBytes {
      pread(handle.fileDescriptor, $0.baseAddress, count, off_t(address - Layout.ramBase))
    }
    guard got == count else { throw .image(path: path, reason: String(cString: strerror(errno))) }
    return bytes
  }

  func load64(_ address: UInt64) -> UInt64 {
    var value: UInt64 = 0
    withUnsafeMutableBytes(of: &value) {
      _ = pread(handle.fileDescriptor, $0.baseAddress, 8, off_t(address - Layout.ramBase))
    }
    return UInt64(littleEndian: value)
  }
}

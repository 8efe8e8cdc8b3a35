import LabEvents

// xv6's kernel/console.c: input, which is edited line by line, and output.
//
// Typed characters come one by one to `consoleintr`, which echoes and edits:
//
//     newline, ctrl-d     end the line; ctrl-d alone reads as end of file
//     ctrl-h, delete      take back a character
//     ctrl-u              takes back the line
//     ctrl-p              lists the processes

/// The console's line buffer and its output so far.
struct Console {
  /// The console's major device number.
  static let major = 1
  /// How many characters the line buffer holds, including finished lines that no process has read yet.
  static let inputSize: UInt32 = 128

  /// The line buffer, a ring. The three counts below only grow, modulo 2^32.
  private var buffer = [UInt8](repeating: 0, count: Int(inputSize))
  /// Where the next read begins.
  fileprivate var r: UInt32 = 0
  /// Where finished lines end.
  fileprivate var w: UInt32 = 0
  /// Where the line that is being edited ends.
  fileprivate var e: UInt32 = 0

  /// The most bytes that an observer gets in one event. A longer line comes in pieces.
  static let longestLine = 1 << 16

  /// Bytes printed since boot.
  fileprivate(set) var printed = 0
  /// The line that is being printed. It is kept only if there is an observer.
  fileprivate var line: [UInt8] = []

  /// The character at ring position `position`.
  fileprivate subscript(position: UInt32) -> UInt8 {
    get { buffer[Int(position % Console.inputSize)] }
    set { buffer[Int(position % Console.inputSize)] = newValue }
  }
}

/// The character that control and `letter` give.
private func control(_ letter: Unicode.Scalar) -> UInt8 { UInt8(ascii: letter) - UInt8(ascii: "@") }

private let newline = UInt8(ascii: "\n")

// MARK: - Output

extension Kernel {
  /// Prints bytes on the console, at once.
  ///
  /// After `consoleLimit` bytes the next byte is not printed: it ends the machine.
  package func printBytes(_ bytes: UnsafeRawBufferPointer) {
    let room = max(0, configuration.consoleLimit - fs.console.printed)
    let shown = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
    if !shown.isEmpty {
      fs.console.printed += shown.count
      configuration.consoleOutput?(shown)
      trace?.event(KernelTraceEvent.printed)
      trace?.bytes(shown)
      reportLines(shown)
    }
    if bytes.count > room { halt(.consoleLimit) }
  }

  /// Tells the observers of every line that `bytes` ends.
  private func reportLines(_ bytes: UnsafeRawBufferPointer) {
    guard isObserved else { return }
    for byte in bytes {
      if byte == newline || fs.console.line.count >= Console.longestLine { endConsoleLine() }
      if byte != newline { fs.console.line.append(byte) }
    }
  }

  private func endConsoleLine() {
    report(.consoleLine(String(decoding: fs.console.line, as: UTF8.self)))
    fs.console.line.removeAll(keepingCapacity: true)
  }

  /// Tells the observer about a last line that has no newline. Called at the end of a run.
  package func flushConsoleLine() {
    if isObserved, !fs.console.line.isEmpty { endConsoleLine() }
  }

  /// Prints one byte.
  private func consputc(_ byte: UInt8) {
    withUnsafeBytes(of: byte) { printBytes($0) }
  }

  /// Takes the last character off the screen.
  private func eraseCharacter() {
    let backspace = control("H")
    for byte in [backspace, UInt8(ascii: " "), backspace] { consputc(byte) }
  }

  /// A process's `write` to the console. Returns how many bytes were printed: fewer than `count` if the
  /// process's memory ends before.
  ///
  /// As in xv6, each byte is copied from the user on its own and printed at once: if copying the next byte
  /// panics, the bytes before it are already on the console. The loop ends early if the machine has ended.
  func consolewrite(from source: CopyTarget, count: Int32) throws(KernelHalt) -> Int32 {
    var done: Int32 = 0
    while done < count {
      var byte: UInt8 = 0
      let copied = try withUnsafeMutableBytes(of: &byte) { (byte) throws(KernelHalt) in
        try either_copyin(into: byte, from: source.advanced(by: Int(done)))
      }
      if !copied { break }
      consputc(byte)
      done += 1
      if outcome != nil { throw .stopped }
    }
    return done
  }
}

// MARK: - Input

extension Kernel {
  /// A process's `read` from the console: up to `count` bytes of one line, including its newline. Returns 0
  /// at the end of file, and -1 if the process has been killed.
  func consoleread(to target: CopyTarget, count: Int32) throws(KernelHalt) -> Int32 {
    var done: Int32 = 0
    while done < count {
      while fs.console.r == fs.console.w {
        if myproc().killed { return -1 }
        try sleep(on: .console)
      }
      let byte = fs.console[fs.console.r]
      fs.console.r &+= 1
      if byte == control("D") {
        // If a part of a line was read, keep the end of file for the next read.
        if done > 0 { fs.console.r &-= 1 }
        break
      }
      let copied = try withUnsafeBytes(of: byte) { (byte) throws(KernelHalt) in
        try either_copyout(to: target.advanced(by: Int(done)), from: byte)
      }
      if !copied { break }
      done += 1
      if byte == newline { break }
    }
    return done
  }

  /// Takes one typed character: edits the line, echoes, and wakes the readers at the end of a line. A
  /// character is lost if the buffer is full.
  package func consoleintr(_ byte: UInt8) {
    trace?.event(KernelTraceEvent.typed, UInt64(byte), mtime)
    switch byte {
    case control("P"):
      procdump()
    case control("U"):
      while fs.console.e != fs.console.w && fs.console[fs.console.e &- 1] != newline {
        fs.console.e &-= 1
        eraseCharacter()
      }
    case control("H"), 0x7f:
      if fs.console.e != fs.console.w {
        fs.console.e &-= 1
        eraseCharacter()
      }
    case 0:
      break
    default:
      if fs.console.e &- fs.console.r < Console.inputSize { type(byte) }
    }
  }

  /// Adds a character to the line.
  private func type(_ byte: UInt8) {
    let byte = byte == UInt8(ascii: "\r") ? newline : byte
    consputc(byte)
    fs.console[fs.console.e] = byte
    fs.console.e &+= 1
    let isFull = fs.console.e == fs.console.r &+ Console.inputSize
    if byte == newline || byte == control("D") || isFull {
      fs.console.w = fs.console.e
      wakeup(.console)
    }
  }
}

extension Device {
  /// What the console's device file reaches.
  static let console = Device(
    read: { (kernel, target, count) throws(KernelHalt) in try kernel.consoleread(to: target, count: count) },
    write: { (kernel, source, count) throws(KernelHalt) in
      try kernel.consolewrite(from: source, count: count)
    })
}

import LabEvents

// The console: what is typed, edited a line at a time, and what is printed.
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
  /// Characters that the line buffer holds, finished lines that nobody has read included.
  static let inputSize: UInt32 = 128

  /// The line buffer, a ring; the three counts below run on, modulo 2^32.
  private var buffer = [UInt8](repeating: 0, count: Int(inputSize))
  /// Where the next read begins.
  fileprivate var r: UInt32 = 0
  /// Where finished lines end.
  fileprivate var w: UInt32 = 0
  /// Where the line that is being edited ends.
  fileprivate var e: UInt32 = 0

  /// Bytes that an observer hears of at once: a longer line comes in pieces.
  static let longestLine = 1 << 16

  /// Bytes printed since boot.
  fileprivate(set) var printed = 0
  /// The line that is being printed; kept only where somebody observes.
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
  /// The byte after the `consoleLimit`-th is not printed: it ends the machine.
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

  /// Tells the observer of a last line that no newline ended. For the end of a run.
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

  /// A process's `write` to the console: how many bytes were printed, fewer where the process's memory ends.
  ///
  /// Each byte crosses from the user on its own and is printed at once, as in xv6: where copying the next one panics,
  /// those before it have been seen. A machine that has been stopped goes no further.
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
      if isStopRequested { halt(.stopped) }
      if outcome != nil { throw .stopped }
    }
    return done
  }
}

// MARK: - Input

extension Kernel {
  /// A process's `read` from the console: up to `count` bytes of one line, its newline included; 0 for an end of
  /// file; -1 where the process has been killed.
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
        // After a part of a line, the end of file is kept for the next read.
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

  /// One typed character: edits the line, echoes, and wakes the readers at the end of a line. A character that does not
  /// fit in the buffer is lost.
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

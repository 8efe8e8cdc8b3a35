import LabEvents
import Sv39MMU

// xv6's kernel/printf.c: messages on the console, and panics.

extension Kernel {
  /// xv6's `panic`: prints the text and ends the machine. The caller throws what it returns.
  public func panic(
    _ text: String, function: String = #function, file: String = #fileID, line: Int = #line
  ) -> KernelHalt {
    step()
    if outcome == nil {
      printf("panic: \(text)\n")
      let caller = SourcePlace(function: String(function.prefix { $0 != "(" }), file: file, line: line)
      report(
        .panic(
          text: text, pid: current?.pid ?? 0, program: current?.name ?? "",
          activity: activity, callers: [caller]))
      halt(.panicked(text))
    }
    return .panic
  }

  /// xv6's `printf`, with Swift's string interpolation for the formatting.
  public func printf(_ text: String) {
    var text = text
    text.withUTF8 {
      step(1 &+ UInt64($0.count))
      printBytes(UnsafeRawBufferPointer($0))
    }
  }

  /// A number as xv6's `printf` prints it for `%p`: 0x and sixteen hexadecimal digits.
  public func format(p value: UInt64) -> String {
    step()
    return hex(value, digits: 16)
  }
}

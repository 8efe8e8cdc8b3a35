import Differential
import Foundation
import RV64

/// The command: arguments in, text and an exit status out.
enum Command {
  private static let usage = """
    usage: oracle [--instructions N] [--seed N] [--jobs N] [--without PATH]
           oracle --program N

    Runs random programs on this project's hart and on QEMU, and compares registers, CSRs, traps and memory.
      --instructions N  instructions of programs to compare (10000000)
      --seed N          another seed, other programs (1)
      --jobs N          images at a time (1)
      --without PATH    one of our hart's fast paths off: \(FastPaths.named.map(\.name).joined(separator: ", "))
      --program N       one program, by the number that a mismatch names: where it differs first, and as small a
                        program as still differs, as a test to paste
    Exit status: 0 no difference, 1 a difference, 2 the command was wrong or QEMU is not installed.
    """

  static func main() {
    do {
      try FastPaths.checkEnvironment()
    } catch {
      fail("\(error)")
    }
    var options = CampaignOptions()
    var jobs = 1
    var program: UInt64?
    var arguments = CommandLine.arguments.dropFirst()
    while let name = arguments.popFirst() {
      if name == "--help" || name == "-h" {
        print(usage)
        exit(0)
      }
      if name == "--without" {
        let path = arguments.popFirst() ?? ""
        guard let found = FastPaths.named.first(where: { $0.name == path }) else {
          fail("--without \(path): no such fast path\n\(usage)")
        }
        options.fastPaths.subtract(found.paths)
        continue
      }
      guard let value = arguments.popFirst(), let number = UInt64(value.filter { $0 != "_" }) else {
        fail("\(name): needs a number\n\(usage)")
      }
      switch name {
      case "--instructions": options.instructions = number
      case "--seed": options.seed = number
      case "--program": program = number
      case "--jobs" where 1...64 ~= number: jobs = Int(number)
      default: fail("\(name) \(value): no such option or value\n\(usage)")
      }
    }
    guard let oracle = QEMU() else {
      fail("qemu-system-riscv64 is not installed (Debian: apt install qemu-system-misc)")
    }
    do {
      if let program {
        print(try Explanation.text(of: program, with: oracle))
        exit(0)
      }
      let report = try Campaign(options, jobs: jobs, oracle: oracle).run(progress)
      if isatty(2) != 0 { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
      print(report.text)
      exit(report.mismatches.isEmpty ? 0 : 1)
    } catch {
      fail("\(error)")
    }
  }

  private static func fail(_ text: String) -> Never {
    FileHandle.standardError.write(Data("oracle: \(text)\n".utf8))
    exit(2)
  }

  private static func progress(_ report: CampaignReport) {
    guard isatty(2) != 0 else { return }
    let line = "\r\u{1B}[K\(report.retired) instructions, \(report.mismatches.count) mismatches"
    FileHandle.standardError.write(Data(line.utf8))
  }
}

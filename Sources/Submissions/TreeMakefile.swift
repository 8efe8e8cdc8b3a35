/// What an xv6 tree's Makefile says about the machine that its kernel runs on. It is only read: nothing in
/// it is run.
enum TreeMakefile {
  /// No Makefile of xv6 comes near this many bytes.
  static let limit = 1 << 20

  /// The MiB of RAM that `text` gives QEMU by `-m 128M`, `-m 3G` or `-m 128`, in a line that names QEMU, as
  /// `QEMUOPTS = ...` does. (Other programs have an option `-m`, too.) If there are several, the last one
  /// counts, as of make's variables. Nil if none is there, or none that a board can have: 1...4096.
  static func memoryMiB(in text: String) -> Int? {
    let option = /(?:^|\s)-m\s+(?:size=)?(\d{1,9})([KMGkmg]?)(?=\s|$|\\)/
    var found: Int?
    for line in text.replacing("\\\n", with: " ").split(separator: "\n") {
      let code = line.prefix { $0 != "#" }
      guard code.lowercased().contains("qemu") else { continue }
      guard let match = code.matches(of: option).last, let number = Int(match.output.1) else { continue }
      let mebibytes =
        switch match.output.2.lowercased() {
        case "k": number / 1024
        case "g": number * 1024
        default: number
        }
      if 1...4096 ~= mebibytes { found = mebibytes }
    }
    return found
  }
}

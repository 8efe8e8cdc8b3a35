extension PTE.Flags {
  /// The flags in words, as explanations and reports write them: `valid, readable, writable, user; accessed,
  /// dirty`.
  ///
  /// Before the semicolon: what may be done with the page. After it: what has been done. A leaf without U is
  /// `not user`. A pointer to the next table is only `valid`. If V is clear, the hart ignores the other bits;
  /// the text only says that they are set: `not valid (other bits set: -RW-U---)`.
  public var spelledOut: String {
    guard contains(.v) else {
      return rawValue & 0x3ff == 0 ? "not valid" : "not valid (other bits set: \(self))"
    }
    var may = ["valid"]
    for (flag, word) in [(Self.r, "readable"), (.w, "writable"), (.x, "executable")] where contains(flag) {
      may.append(word)
    }
    if contains(.u) {
      may.append("user")
    } else if !isDisjoint(with: .rwx) {
      may.append("not user")
    }
    if contains(.g) { may.append("global") }
    let done = [(Self.a, "accessed"), (.d, "dirty")].filter { contains($0.0) }.map(\.1)
    var parts = [may, done].filter { !$0.isEmpty }.map { $0.joined(separator: ", ") }
    let kernels = rawValue &>> 8 & 3
    if kernels != 0 { parts.append("the kernel's own bits \(kernels)") }
    return parts.joined(separator: "; ")
  }
}

/// Finds functions in a solution's source that look like functions of `LabSolution` but are different.
///
/// Every requirement has a default. So Swift accepts a solution whose `sbrk` has another label or type: the
/// default stays in use, the solution's function is never called, and the compiler gives no warning.
package enum NearMisses {
  /// `LabSolution`'s functions as `name(label: Type, ...)`, without the parameters' own names.
  static let requirements: [Signature] = [
    Signature("sbrk", "_: Kernel", "_: Int32"),
    Signature("pageFault", "_: Kernel", "scause: UInt64", "stval: UInt64"),
    Signature("uvmunmap", "_: Kernel", "_: UInt64", "_: UInt64", "_: UInt64", "free: Bool"),
    Signature("uvmcopy", "_: Kernel", "from: UInt64", "to: UInt64", "_: UInt64"),
    Signature("walkaddr", "_: Kernel", "_: UInt64", "_: UInt64"),
    Signature("copyout", "_: Kernel", "_: UInt64", "to: UInt64", "from: UnsafeRawBufferPointer"),
    Signature("copyin", "_: Kernel", "_: UInt64", "into: UnsafeMutableRawBufferPointer", "from: UInt64"),
    Signature("copyinstr", "_: Kernel", "_: UInt64", "into: UnsafeMutableRawBufferPointer", "from: UInt64"),
  ]

  /// A function's name, and its parameters' labels and types.
  struct Signature: Equatable, CustomStringConvertible {
    package var name: String
    var parameters: [String]

    package init(_ name: String, _ parameters: String...) {
      self.name = name
      self.parameters = parameters
    }

    /// The signature from the name and the parameter list of a declaration, as written in the source.
    package init(name: Substring, list: Substring) {
      self.name = String(name)
      parameters = list.split(separator: ",").map { parameter in
        let parts = parameter.split(separator: ":", maxSplits: 1)
        let label = parts.first?.split(whereSeparator: \.isWhitespace).first ?? ""
        let type = parts.last?.filter { !$0.isWhitespace } ?? ""
        return "\(label): \(type)"
      }
    }

    package var description: String { "\(name)(\(parameters.joined(separator: ", ")))" }
  }

  /// The functions that `code` (Swift without comments and strings) declares, in order.
  static func functions(in code: String) -> [Signature] {
    code.matches(of: /\bfunc\s+(\w+)\s*\(([^()]*)\)/).map { Signature(name: $0.output.1, list: $0.output.2) }
  }

  /// A warning for each function of `code` that only looks like a requirement, if `code` does not declare
  /// the real one too.
  package static func warnings(about code: String) -> [String] {
    let functions = functions(in: code)
    return requirements.filter { !functions.contains($0) }.flatMap { requirement in
      functions.filter { $0.name.lowercased() == requirement.name.lowercased() }.map {
        "func \($0) is never called: the lab's function is \(requirement)"
      }
    }
  }
}

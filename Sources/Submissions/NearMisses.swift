import HostSupport
import LabModel

/// Finds functions in a solution's source that look like functions of `LabSolution` but are different.
///
/// Every requirement has a default. So Swift accepts a solution whose `sbrk` has another label or type, or
/// throws another error: the default stays in use, the solution's function is never called, and the compiler
/// gives no warning.
package enum NearMisses {
  typealias Function = SwiftDeclarations.Function

  /// `LabSolution`'s functions.
  static let requirements: [Function] = [
    requirement("sbrk", "_: Kernel", "_: Int32", "UInt64"),
    requirement("pageFault", "_: Kernel", "scause: UInt64", "stval: UInt64", "FaultDecision"),
    requirement("uvmunmap", "_: Kernel", "_: UInt64", "_: UInt64", "_: UInt64", "free: Bool", "Void"),
    requirement("uvmcopy", "_: Kernel", "from: UInt64", "to: UInt64", "_: UInt64", "Bool"),
    requirement("walkaddr", "_: Kernel", "_: UInt64", "_: UInt64", "UInt64?"),
    requirement("copyout", "_: Kernel", "_: UInt64", "to: UInt64", "from: UnsafeRawBufferPointer", "Bool"),
    requirement(
      "copyin", "_: Kernel", "_: UInt64", "into: UnsafeMutableRawBufferPointer", "from: UInt64", "Bool"),
    requirement(
      "copyinstr", "_: Kernel", "_: UInt64", "into: UnsafeMutableRawBufferPointer", "from: UInt64", "Bool"),
  ]

  /// A function that throws `KernelHalt`. `types` are its parameters, and at the end its result.
  private static func requirement(_ name: String, _ types: String...) -> Function {
    Function(
      name: name, parameters: types.dropLast(), thrown: "KernelHalt", result: types.last ?? "Void")
  }

  /// A source file: its path as the user gave it, and its text without comments and strings.
  package struct File {
    package var path: String
    package var code: String

    package init(path: String, code: String) {
      self.path = path
      self.code = code
    }
  }

  /// A warning for each function of the solution `type` that only looks like a requirement, if the solution
  /// does not declare the real one too.
  package static func warnings(about files: [File], type: String) -> [SolutionWarning] {
    let code = SwiftDeclarations(files.map(\.code).joined(separator: "\n"))
    let types = code.ancestry(of: type)
    let declared = files.flatMap { file in
      SwiftDeclarations(file.code).functions.map { (function: $0, path: file.path) }
    }
    let own = declared.filter { isMember($0.function, of: types) }
    return requirements.filter { needed in !own.contains { meets($0.function, needed) } }
      .flatMap { needed -> [SolutionWarning] in
        let outside = declared.filter { $0.function.scope == .file && meets($0.function, needed) }
        let near = own.filter { isNear($0.function, needed, code) }
        return near.map { warning(text($0.function, needed), $0.function, $0.path) }
          + outside.map {
            warning(
              "func \(needed.short) is never called: it stands outside of \(type)", $0.function, $0.path)
          }
      }
  }

  private static func warning(_ text: String, _ function: Function, _ path: String) -> SolutionWarning {
    SolutionWarning(text: text, file: path, line: function.line)
  }

  private static func text(_ found: Function, _ needed: Function) -> String {
    if found.isProperty {
      return "\(found.name) is a property, which is never called: the lab's function is \(needed.short)"
    }
    let differsInParameters = found.name != needed.name || found.parameters != needed.parameters
    let (shown, lab) = differsInParameters ? (found.short, needed.short) : (found.long, needed.long)
    let modifiers = found.modifiers.map { $0 + " " }.joined()
    return "\(modifiers)func \(shown) is never called: the lab's function is \(lab)"
  }

  private static func isMember(_ function: Function, of types: Set<String>) -> Bool {
    if case .type(let name) = function.scope { types.contains(name) } else { false }
  }

  /// Whether Swift takes `found` for `needed`. It may throw less, but not more.
  private static func meets(_ found: Function, _ needed: Function) -> Bool {
    found.name == needed.name && found.parameters == needed.parameters && found.result == needed.result
      && !found.isAsync && found.modifiers.isEmpty && !found.isProperty
      && [nil, "Never", needed.thrown].contains(found.thrown)
  }

  /// Whether `found` looks as if it were meant for `needed`: it has its name, whatever else differs, or
  /// nearly its name, the same parameters, and no caller.
  private static func isNear(_ found: Function, _ needed: Function, _ code: SwiftDeclarations) -> Bool {
    if found.name.lowercased() == needed.name.lowercased() { return true }
    guard found.parameters == needed.parameters, code.uses[found.name] == 1 else { return false }
    return !requirements.contains { $0.name == found.name }
      && Spelling.distance(found.name.lowercased(), needed.name.lowercased()) <= 2
  }
}

extension SwiftDeclarations.Function {
  /// Name and parameters.
  var short: String { "\(name)(\(parameters.joined(separator: ", ")))" }

  /// All that a caller sees.
  fileprivate var long: String {
    let thrown =
      switch thrown {
      case nil: ""
      case "any Error"?: " throws"
      case let type?: " throws(\(type))"
      }
    return short + (isAsync ? " async" : "") + thrown + (result == "Void" ? "" : " -> \(result)")
  }
}

import Submissions

extension FuzzTarget {
  /// A solution's Swift source. It is scanned before it is compiled, and never run here.
  static let source = FuzzTarget(
    name: "source", maxLength: 2048,
    words: [
      "struct ", "LabSolution", "func ", "sbrk", "uvmcopy", "pageFault", "/*", "*/", "\"\"\"", "//", "where ",
      "\\\\",
    ],
    seeds: {
      [
        Array("struct A: LabSolution {\n  func sbrk(_ k: Kernel, _ n: Int) -> UInt64 { 0 } // \"\n}\n".utf8),
        Array("extension B: X.LabSolution, C where T: Y { /* \"\"\" */ func walkaddr(k: Kernel) {} }".utf8),
      ]
    },
    check: { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let types = SolutionSource.conformingTypes(in: text)
      try promiseSame(SolutionSource.conformingTypes(in: text), types, "the types of a source, read twice")
      // The name is used in the program that is compiled together with the source.
      for type in types {
        try promise(
          type.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }, "a type's name is a name: \(type)")
      }
      let code = SolutionSource.code(of: text)
      _ = NearMisses.warnings(about: [NearMisses.File(path: "S.swift", code: code)], type: types.first ?? "A")
    })
}

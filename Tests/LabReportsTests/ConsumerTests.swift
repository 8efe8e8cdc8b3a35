import Foundation
import TestSupport
import Testing

@testable import HostSupport
@testable import LabModel
@testable import LabReports

/// Programs of other people read our results: `xmllint`, `junitparser`, `prove` and `tap.py`. A program
/// that is not on this host is said to be missing, and its test passes. `.ci/run` installs them where it
/// can.
struct ConsumerTests {
  private static func test(_ name: String, _ points: Int) -> Lab.Test {
    Lab.Test(name: name, title: "g: \(name)", points: points, run: [name], proves: "", expects: "e")
  }

  private static let tests = [test("a", 20), test("b#1", 5), test("c", 0), test("d", 1)]

  private static let lab = Lab(
    name: "x", title: "The X lab", edition: "2020", programs: [],
    limits: .init(
      instructions: 1, kernelSteps: 1, processorSeconds: 1, consoleBytes: 1, memoryMiB: 1,
      boardInstructions: 1),
    groups: [.init(title: "g", tests: tests)], treeOnly: [])

  /// Text that is markup, a directive or a command in one of the formats.
  private static let nasty =
    "]]> <b> & \u{1} \u{FFFE} # SKIP\n1..99\nnot ok 1\nBail out!\n  ...\n::error::x \u{1F600}"

  /// Four solutions: all passed, one of each kind of loss, not graded, and interrupted.
  private static var gradings: [Grading] {
    var good = Grading(lab: lab, solution: "good", tests: tests)
    for test in tests {
      var result = TestResult(test: test, verdict: .passed, instructions: 123_456_789, console: "")
      result.printed = nasty
      good.add(result)
    }
    var bad = Grading(lab: lab, solution: "bad.swift # TODO", tests: tests)
    bad.warnings = [SolutionWarning(text: nasty, file: "bad.swift", line: 3)]
    for (test, verdict) in zip(tests, [Verdict.passed, .panicked(nasty), .failed(status: 1), .crashed("x")]) {
      var result = TestResult(
        test: test, verdict: verdict, explanation: verdict == .passed ? nil : nasty, instructions: 5,
        console: nasty)
      result.printed = nasty
      bad.add(result)
    }
    var broken = Grading(lab: lab, solution: "broken", tests: tests)
    broken.problem = "broken: does not compile\n" + nasty
    return [good, bad, broken, Grading(lab: lab, solution: "cut", tests: tests)]
  }

  /// Runs `words` and returns the status and the output; nil, with a line, if the program is not there.
  private static func run(_ words: [String], in folder: URL) throws -> (status: Int32, output: String)? {
    guard let program = HostProgram(words[0]) else {
      print("ConsumerTests: \(words[0]) is not installed: nothing was compared with it")
      return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program.path)
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  /// Runs a Python program that needs `module`.
  private static func python(_ module: String, _ program: String, in folder: URL) throws -> String? {
    guard let there = try run(["python3", "-c", "import \(module)"], in: folder) else { return nil }
    guard there.status == 0 else {
      print("ConsumerTests: Python has no module \(module): nothing was compared with it")
      return nil
    }
    let end = try run(["python3", "-c", program], in: folder)
    #expect(end?.status == 0, "\(end?.output ?? "")")
    return end?.output
  }

  /// The part of Jenkins' schema for JUnit files (xunit-plugin, `junit-10.xsd`) that our files may use,
  /// stated again. A file that is valid here is valid there.
  private static let schema = """
    <?xml version="1.0" encoding="UTF-8"?>
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:simpleType name="seconds">
        <xs:restriction base="xs:string"><xs:pattern value="[0-9]+\\.[0-9]{3}"/></xs:restriction>
      </xs:simpleType>
      <xs:complexType name="told" mixed="true">
        <xs:attribute name="type" type="xs:string"/>
        <xs:attribute name="message" type="xs:string"/>
      </xs:complexType>
      <xs:element name="testcase">
        <xs:complexType>
          <xs:choice minOccurs="0" maxOccurs="unbounded">
            <xs:element name="skipped" type="told"/>
            <xs:element name="error" type="told"/>
            <xs:element name="failure" type="told"/>
            <xs:element name="system-out" type="xs:string"/>
          </xs:choice>
          <xs:attribute name="name" type="xs:string" use="required"/>
          <xs:attribute name="classname" type="xs:string" use="required"/>
          <xs:attribute name="time" type="seconds" use="required"/>
        </xs:complexType>
      </xs:element>
      <xs:element name="testsuite">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="properties">
              <xs:complexType>
                <xs:sequence>
                  <xs:element name="property" maxOccurs="unbounded">
                    <xs:complexType>
                      <xs:attribute name="name" type="xs:string" use="required"/>
                      <xs:attribute name="value" type="xs:string" use="required"/>
                    </xs:complexType>
                  </xs:element>
                </xs:sequence>
              </xs:complexType>
            </xs:element>
            <xs:element ref="testcase" minOccurs="0" maxOccurs="unbounded"/>
            <xs:element name="system-err" type="xs:string" minOccurs="0"/>
          </xs:sequence>
          <xs:attribute name="name" type="xs:string" use="required"/>
          <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
          <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
          <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
          <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
          <xs:attribute name="time" type="seconds" use="required"/>
        </xs:complexType>
      </xs:element>
      <xs:element name="testsuites">
        <xs:complexType>
          <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
          <xs:attribute name="name" type="xs:string" use="required"/>
          <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
          <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
          <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
          <xs:attribute name="time" type="seconds" use="required"/>
        </xs:complexType>
      </xs:element>
    </xs:schema>
    """

  @Test func `junit is valid against the schema`() throws {
    try withTemporaryFolder { folder in
      try Data(Self.schema.utf8).write(to: folder.appending(path: "own.xsd"))
      try Data(JUnitFormat.text(Self.gradings, .full).utf8).write(to: folder.appending(path: "r.xml"))
      // The real schema is not ours to give away. This variable may name a copy of it.
      let given = ProcessInfo.processInfo.environment["LABRUNNER_JUNIT_XSD"].map { [$0] } ?? []
      for schema in ["own.xsd"] + given {
        guard let end = try Self.run(["xmllint", "--noout", "--schema", schema, "r.xml"], in: folder) else {
          return
        }
        #expect(end.status == 0, "\(schema): \(end.output)")
      }
    }
  }

  @Test func `junitparser counts as we do`() throws {
    try withTemporaryFolder { folder in
      try Data(JUnitFormat.text(Self.gradings, .full).utf8).write(to: folder.appending(path: "r.xml"))
      let program = """
        import junitparser
        for s in junitparser.JUnitXml.fromfile("r.xml"):
            told = (s.tests, s.failures, s.errors, s.skipped, s.time)
            s.update_statistics()
            print(s.name, *told, told[:4] == (s.tests, s.failures, s.errors, s.skipped))
        """
      guard let output = try Self.python("junitparser", program, in: folder) else { return }
      #expect(
        output.split(separator: "\n") == [
          "good 4 0 0 0 4.938 True", "bad.swift # TODO 4 2 0 1 0.0 True", "broken 4 0 4 0 0.0 True",
          "cut 4 0 0 4 0.0 True",
        ])
    }
  }

  @Test func `prove finds each solution's losses`() throws {
    try withTemporaryFolder { folder in
      let expected = ["passed", "failed: 2, 4", "failed: 1", "no tests"]
      for (grading, words) in zip(Self.gradings, expected) {
        try Data(TAPFormat.text([grading], .full).utf8).write(to: folder.appending(path: "r.tap"))
        guard let end = try Self.run(["prove", "--exec", "cat", "r.tap"], in: folder) else { return }
        #expect((end.status == 0) == (words == "passed"), "\(end.output)")
        if words.hasPrefix("failed") {
          let numbers = words.split(separator: ":")[1]
          #expect(end.output.contains(/Failed tests?: *\(?/), "\(end.output)")
          #expect(end.output.contains(numbers.trimmingCharacters(in: .whitespaces)), "\(end.output)")
        }
      }
      try Data(TAPFormat.text(Self.gradings, .full).utf8).write(to: folder.appending(path: "class.tap"))
      let end = try Self.run(["prove", "--exec", "cat", "class.tap"], in: folder)
      #expect(end.map { $0.output.contains("2-4") } ?? true, "\(end?.output ?? "")")
    }
  }

  @Test func `tap.py reads every line`() throws {
    try withTemporaryFolder { folder in
      try Data(TAPFormat.text([Self.gradings[1]], .full).utf8).write(to: folder.appending(path: "r.tap"))
      try Data(TAPFormat.text([Self.gradings[2]], .full).utf8).write(to: folder.appending(path: "broken.tap"))
      let program = """
        from tap.parser import Parser
        for name in ["r.tap", "broken.tap"]:
            lines = list(Parser().parse_file(name))
            print([(l.number, l.ok, l.todo) for l in lines if l.category == "test"],
                  [l.category for l in lines if l.category in ("unknown", "bail")])
        """
      // Without the two others, tap.py cannot read the blocks of YAML.
      guard let output = try Self.python("tap.parser, yaml, more_itertools", program, in: folder)
      else { return }
      let lines = output.split(separator: "\n")
      #expect(lines.first == "[(1, True, False), (2, False, False), (3, False, True), (4, False, False)] []")
      #expect(lines.last == "[(1, False, False)] []")
    }
  }
}

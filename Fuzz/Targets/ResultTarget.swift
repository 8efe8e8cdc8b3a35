import LabGrading

extension FuzzTarget {
  /// What the process of somebody's Swift solution hands back: JSON, which the solution could have written itself.
  static let result = FuzzTarget(
    name: "result", maxLength: 4096,
    words: [
      "\"test\"", "\"verdict\"", "\"explanation\"", "\"instructions\"", "\"console\"", "\"passed\":{}",
      "\"failed\":{\"status\":1}", "\"panicked\":{\"_0\":\"x\"}", "\"forged\":{}", "18446744073709551615",
    ],
    seeds: {
      let test = #"{"name":"a","title":"A","points":2,"run":["p"],"proves":"","expects":""}"#
      let verdicts = [
        #"{"passed":{}}"#, #"{"failed":{"status":1}}"#, #"{"panicked":{"_0":"x"}}"#, #"{"hung":{}}"#,
        #"{"outOfInstructions":{"limit":9}}"#,
      ]
      return verdicts.map { verdict in
        let rest = ##""explanation":"e\u202e","instructions":1,"console":"c\u001b[31m\nd""##
        return Array(#"{"test":\#(test),"verdict":\#(verdict),\#(rest)}"#.utf8)
      }
    },
    check: { bytes in
      guard let lab = try? LabCatalogue.lab("lazy"), let asked = lab.tests.first else {
        throw BrokenPromise(description: "the built-in lab can be read")
      }
      guard let result = TestResult(answer: bytes, to: asked) else { return }
      try promiseSame(result.test, asked, "a result is about the test that was asked for")
      var report = TextReport(lab: lab, tests: [asked])
      for line in report.lines(for: result) {
        try promise(VisibleText.isPlain(line), "a report's line is plain: \(line.debugDescription)")
      }
      try promise(VisibleText.isPlain(result.console, lines: true), "a result's console is plain")
    })
}

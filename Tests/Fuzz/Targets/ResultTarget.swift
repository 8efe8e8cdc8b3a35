import HostSupport
import LabModel
import LabReports

extension FuzzTarget {
  /// The result that the process with a user's Swift solution hands back. It is JSON, and the solution itself
  /// could have written it.
  static let result = FuzzTarget(
    name: "result", maxLength: 4096,
    words: [
      "\"test\"", "\"verdict\"", "\"explanation\"", "\"instructions\"", "\"console\"", "\"passed\":{}",
      "\"failed\":{\"status\":1}", "\"panicked\":{\"_0\":\"x\"}", "\"forged\":{\"_0\":\"x\"}",
      "18446744073709551615",
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
      guard let result = TestResult(answer: bytes, to: asked, keeping: 16 << 10) else { return }
      try promiseSame(result.test, asked, "a result is about the test that was asked for")
      var grading = Grading(lab: lab, solution: "s", tests: [asked])
      guard let entry = grading.add(result) else { throw BrokenPromise(description: "a result is taken") }
      var report = TextReport(feedback: .full)
      for line in report.lines(for: entry) {
        try promise(VisibleText.isPlain(line), "a report's line is plain: \(line.debugDescription)")
      }
      try checkFormats([grading])
      try promise(VisibleText.isPlain(result.console, lines: true), "a result's console is plain")
    })

  /// A file of results that somebody hands in, so that it is merged with others.
  static let results = FuzzTarget(
    name: "results", maxLength: 4096,
    words: [
      "\"format\":1", "\"solutions\":[", "\"tests\":[", "\"verdict\":\"pending\"", "\"points\":1000000",
      "\"problem\":\"x\"", "\"fingerprint\":\"x\"", "\"instructions\":18446744073709551615", "\\u202e", "\\n",
    ],
    seeds: {
      let tests = [
        #"{"name":"a","title":"A","group":"g","points":2,"score":2,"verdict":"passed","expects":"e"}"#,
        #"{"name":"b","title":"B","group":"g","points":0,"score":0,"verdict":"failed","expects":"e""#
          + #","console":"c\u001b"}"#,
        #"{"name":"c","title":"C","group":"h","points":9,"score":0,"verdict":"pending","expects":"e"}"#,
      ]
      let solution = #""name":"s","lab":"l","edition":"e","complete":false,"score":2,"points":11"#
      let step = #"{"level":0,"index":5,"address":"0x87f3d028","entry":"0x0","flags":"not valid"}"#
      let walk = ##"{"steps":[\##(step)],"answer":"a","result":{"fault":{"_0":{"invalid":{"level":0}}}}}"##
      let fault =
        ##""kind":"fault","pid":3,"program":"p\u001b","repetitions":1,"size":"0x6000","walk":\##(walk)"##
      let what = #""access":"store","address":"0x5000","region":"heap","response":"killed","expected":"kill""#
      let mistake = #"{"id":"m","name":"n\u202e","explanation":"e","concept":"c","staffNote":"s"}"#
      let diagnosis = ##"{"fault":{\##(fault),\##(what)},"mistakes":[\##(mistake)]}"##
      let explained =
        ##"{"name":"d","title":"D","group":"h","points":1,"score":0,"verdict":"killed","expects":"e""##
        + ##","diagnosis":\##(diagnosis)}"##
      return [
        Array(#"{"format":1,"solutions":[{\#(solution),"tests":[\#(explained)]}]}"#.utf8),
        Array(#"{"format":1,"solutions":[{\#(solution),"tests":[\#(tests.joined(separator: ","))]}]}"#.utf8),
      ]
    },
    check: { bytes in
      let gradings: [Grading]
      do {
        gradings = try JSONFormat.read(bytes, name: "results.json")
      } catch let error as InputError {
        _ = error.description
        return
      }
      try checkFormats(gradings)
      for line in ScoreTable.lines(gradings) {
        try promise(VisibleText.isPlain(line), "a table's line is plain: \(line.debugDescription)")
      }
    })

  /// Every format can write `gradings`. Reading back what JSON has written gives the same value.
  private static func checkFormats(_ gradings: [Grading]) throws {
    for format in ResultFormats.all {
      for feedback in Feedback.allCases { _ = format.text(gradings, feedback) }
    }
    let text = JSONFormat.text(gradings)
    let again = try JSONFormat.read(Array(text.utf8), name: "again")
    try promise(JSONFormat.text(again) == text, "results read back as they were written")
  }
}

import HostSupport
import LabModel
import LabPrograms

extension FuzzTarget {
  /// A `lab.json`.
  static let lab = FuzzTarget(
    name: "lab", maxLength: 8192,
    words: [
      "\"format\"", "\"name\"", "\"title\"", "\"edition\"", "\"programs\"", "\"limits\"", "\"groups\"",
      "\"tests\"",
      "\"treeOnly\"", "\"points\"", "\"run\"", "\"proves\"", "\"expects\"", "\"instructions\"",
      "\"consoleBytes\"",
      "\"kernelSteps\"", "\"processorSeconds\"", "\"memoryMiB\"", "\"boardInstructions\"", "true", "null",
      "\\\\u202e", "\\\\u0000",
      "1e308", "-0", "[[[[[[[[", "{\"\":",
    ],
    seeds: { [Array(smallLab.utf8)] },
    check: { bytes in
      let lab: Lab
      do {
        lab = try LabReader.read(bytes)
      } catch let error as JSONError {
        _ = error.description
        return
      }
      try promiseSame(try LabReader.read(bytes), lab, "a lab, read twice")
      let tests = lab.tests + lab.treeOnly
      try promise(Set(tests.map(\.name)).count == tests.count, "tests have names of their own")
      for test in lab.tests {
        try promise(lab.programs.contains(test.run[0]), "a test runs a program of the lab")
      }
      for test in lab.treeOnly {
        try promise(!test.name.contains("/"), "a test that looks into a tree stays in it")
      }
      let texts =
        [lab.name, lab.title, lab.edition] + lab.programs + lab.groups.map(\.title)
        + tests.flatMap { [$0.name, $0.title, $0.proves, $0.expects] + $0.run }
      for text in texts {
        try promise(VisibleText.isPlain(text), "a lab's text is plain: \(text.debugDescription)")
      }
    })

  private static let smallLab = """
    {"format": 1, "name": "l", "title": "t", "edition": "e", "programs": ["p"],
     "limits": {"instructions": 9, "consoleBytes": 9, "kernelSteps": 9, "processorSeconds": 9, \
    "memoryMiB": 9, "boardInstructions": 9},
     "groups": [{"title": "g", "tests": [
       {"name": "a", "title": "A", "points": 2, "run": ["p", "x"], "proves": "", "expects": ""}]}],
     "treeOnly": [{"name": "time", "title": "T", "points": 5, "proves": "", "expects": ""}],
     "points": 2}
    """
}

import Foundation
import HostSupport
import Testing

@testable import labrunner

/// The words of the command line are sorted. An error names the word that does not fit.
struct ArgumentsTests {
  private static let command = Command(
    name: "do", summary: "", operands: "[X...]", operandCount: 0...2, operandValues: .none,
    options: [.init(name: "--level", value: "N", summary: ""), .init(name: "--loud", summary: "")],
    discussion: "", run: { _ in .success })

  @Test func `options and operands mix`() throws {
    let arguments = try Arguments(["a", "--level", "3", "--loud", "b"], for: Self.command)
    #expect(arguments.operands == ["a", "b"])
    #expect(try arguments.integer("--level", in: 1...9) == 3)
    #expect(arguments.has("--loud"))
  }

  @Test func `an equals sign and a repeated or listed value are understood`() throws {
    let arguments = try Arguments(["--level=1,2", "--level", "5"], for: Self.command)
    #expect(arguments.list("--level") == ["1", "2", "5"])
    #expect(arguments.value("--level") == "5")
  }

  @Test func `two dashes end the options`() throws {
    #expect(try Arguments(["--", "--loud", "-"], for: Self.command).operands == ["--loud", "-"])
  }

  @Test func `operands may end the options`() throws {
    var command = Self.command
    command.operandsEndOptions = true
    let arguments = try Arguments(["--loud", "ls", "-l"], for: command)
    #expect(arguments.operands == ["ls", "-l"])
  }

  @Test(arguments: [
    (["--colour"], "do: unknown option --colour (labrunner help do lists them)"),
    (["--level"], "do: --level needs a value"),
    (["--loud=1"], "do: --loud takes no value"),
    (["a", "b", "c"], "do: unexpected \"c\""),
  ])
  func `what does not fit is named`(words: [String], message: String) {
    let error = #expect(throws: InputError.self) { try Arguments(words, for: Self.command) }
    #expect(error?.description == message)
  }

  @Test(arguments: [
    (["--levle", "3"], "do: unknown option --levle (labrunner help do lists them); did you mean --level?"),
    (["--lou"], "do: unknown option --lou (labrunner help do lists them); did you mean --loud?"),
  ])
  func `what was probably meant is named`(words: [String], message: String) {
    #expect(throws: InputError(message)) { try Arguments(words, for: Self.command) }
  }

  @Test(arguments: ["0", "10", "x", "", "1.5", "99999999999999999999"])
  func `a number out of range is named`(text: String) throws {
    let arguments = try Arguments(["--level", text], for: Self.command)
    #expect(throws: InputError("--level takes a whole number from 1 to 9, not \"\(text)\"")) {
      try arguments.integer("--level", in: 1...9)
    }
  }
}

/// The exit statuses are part of the interface.
struct ExitStatusTests {
  @Test(arguments: [
    [], ["frobnicate"], ["grade", "--nonsense"], ["grade", "no-such-solution"],
    ["grade", "--lab", "no-such-lab"],
    ["grade", "--test", "no-such-test"], ["grade", "--jobs", "0"], ["grade", "--tests", "nobody's"],
    ["grade", "--image", "fs.img"], ["grade", "--format", "csv"],
    ["grade", "--output", "/no/such/folder/x.json"],
    ["grade", "reference", "starter", "--format", "gradescope"], ["list"], ["list", "cows"], ["run"],
    ["run", "no-such-program"], ["run", "--solution", "nobody", "ls"],
    ["run", "--image", "/no/such/file", "ls"],
    ["completion", "tcsh"], ["help", "frobnicate"], ["boot"], ["boot", "/no/such/kernel"],
    ["boot", "Package.swift"], ["boot", "--harts", "9", "k"], ["boot", "-m", "5G", "k"],
    ["boot", "-m", "x", "k"],
    ["boot", "-drive", "if=none", "k"], ["boot", "-bios", "opensbi", "k"], ["boot", "--board", "arm", "k"],
    ["isa"], ["isa", "--harts", "9", "t"], ["isa", "--limit", "0", "t"],
    ["boot", "--write-disk", "k"], ["boot", "a", "b", "c"], ["bench", "nothing"], ["bench", "--runs", "0"],
    ["bench", "--harts", "1"],
    ["bench", "--format", "xml"], ["bench", "--once"], ["bench", "--qemu", "/no/such/qemu", "start-up"],
    ["bench", "--kernel", "Package.swift", "--once"], ["bench", "--kernel", "k", "--harts", "9"],
    ["boot", "-kernel", "a", "b", "c"], ["explain"], ["explain", "--at", "noon", "ls"],
    ["explain", "--at", "symbol:nobody", "ls"], ["explain", "--address", "nobody", "ls"],
    ["explain", "--format", "svg", "ls"], ["explain", "no-such-program"], ["explain", "--format", "json"],
    ["explain", "--kernel", "reference", "ls"], ["explain", "--kernel", "no-such-file", "ls"],
    ["explain", "--kernel", "k", "--quota", "9", "ls"], ["explain", "--kernel", "k", "--at", "end", "ls"],
    ["run", "--quota", "0", "ls"], ["doctor", "--format", "xml"], ["grade", "--quota", "x"],
  ])
  func `wrong input answers 2`(words: [String]) {
    #expect(Labrunner.run(words) == .usage)
  }

  @Test(arguments: [
    ["help"], ["--help"], ["--version"], ["help", "grade"], ["grade", "--help"], ["run", "-h"],
    ["list", "labs"],
    ["list", "tests", "--names"], ["list", "solutions"], ["list", "programs"], ["completion", "bash"],
    ["completion", "zsh"], ["completion", "fish"], ["explain", "--format", "x86-32"], ["explain", "echo"],
    ["explain", "--format", "x86-32,json", "--tree", "echo"], ["doctor"],
    ["doctor", "reference", "--format", "json"],
  ])
  func `what only tells answers 0`(words: [String]) {
    #expect(Labrunner.run(words) == .success)
  }

  @Test func `a perfect score answers 0 and lost points answer 1`() {
    #expect(Labrunner.run(["grade", "reference", "--test", "map"]) == .success)
    #expect(Labrunner.run(["grade", "starter", "--test", "map"]) == .pointsLost)
  }
}

/// Results in files, as the scripts of a course read them.
struct ResultOutputTests {
  @Test func `every file gets its format, and every solution`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let json = folder.appending(path: "r.json")
    let tap = folder.appending(path: "r.tap")
    let status = Labrunner.run(
      ["grade", "reference", "starter", "--test", "map", "--output", json.path, "--output", tap.path])
    #expect(status == .pointsLost)
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any]
    let solutions = try #require(object?["solutions"] as? [[String: Any]])
    #expect(solutions.map { $0["name"] as? String } == ["reference", "starter"])
    #expect(solutions.map { $0["score"] as? Int } == [20, 0])
    #expect(solutions.allSatisfy { $0["complete"] as? Bool == true })
    let lines = try String(contentsOf: tap, encoding: .utf8).split(separator: "\n")
    #expect(lines.contains("ok 1 - reference"))
    #expect(lines.contains("not ok 2 - starter"))
  }
}

/// Every command and option is in the help and in the completions of every shell.
struct HelpTests {
  @Test(arguments: [("--harts", "-l harts"), ("-m", "-s m"), ("-kernel", "-o kernel")])
  func `fish has three kinds of options`(option: String, name: String) {
    #expect(Completion.fishName(option) == name)
  }

  @Test(arguments: Labrunner.commands.map(\.name))
  func `help and completion know every option`(name: String) throws {
    let command = try #require(Labrunner.commands.first { $0.name == name })
    let page = Help.page(for: command)
    #expect(Help.overview.contains("  \(name) "))
    for option in command.options {
      #expect(page.contains("  \(option.name)"))
      #expect(Completion.bash.contains(option.name))
      #expect(Completion.zsh.contains(option.name))
      #expect(Completion.fish.contains(" \(Completion.fishName(option.name)) "))
    }
    #expect(Completion.fish.contains("__fish_seen_subcommand_from \(name)' -l help"))
    let wide = (page + "\n" + Help.overview).split(separator: "\n").filter { $0.count > 80 }
    #expect(wide == [])
  }
}

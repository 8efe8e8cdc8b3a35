import Foundation
import LabPrograms
import ObjectFile
import Submissions
import Testing
import XV6FileSystem

@testable import LabDoctor
@testable import LabModel

/// What `labrunner doctor` says about the files that it gets.
struct DoctorTests {
  /// The findings about a file with this name that holds `bytes`: a mark and a sentence for each.
  private func examine(_ name: String, _ bytes: [UInt8], boots: Bool = false) throws -> [DoctorFinding] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    var doctor = Doctor()
    doctor.boots = boots
    return doctor.findings(file.path)
  }

  @Test func `the host is told, and stops nothing`() {
    let checkup = Doctor().examine([])
    #expect(checkup.isWell)
    #expect(Set(checkup.findings.map(\.about)) == ["host", "toolchain", "tools"])
    #expect(checkup.text.hasSuffix("Nothing stops grading."))
  }

  /// This guest does what an xv6 kernel does, up to the shell's prompt. The guests of the next test have no
  /// prompt.
  @Test func `a kernel that boots is well`() throws {
    let findings = try examine("kernel", #require(LabPrograms.guest("crash-logged")), boots: true)
    #expect(findings.allSatisfy { $0.mark == .ok }, "\(findings.map(\.text))")
    #expect(findings.contains { $0.text.hasPrefix("it boots: its shell has a prompt after ") })
    #expect(findings.contains { $0.text.contains("virtio version 2") })
  }

  @Test(arguments: [("bad-panic", "the kernel says \"panic: "), ("bad-off", "switched the machine off")])
  func `a kernel that does not boot is a problem`(guest: String, words: String) throws {
    let problems = try examine("kernel", #require(LabPrograms.guest(guest)), boots: true).filter {
      $0.mark == .problem
    }
    #expect(problems.count == 1)
    #expect(problems.first?.text.contains(words) == true, "\(problems)")
  }

  @Test func `what is known of the source is told`() throws {
    let whole = try #require(LabPrograms.guest("kernel-legacy"))
    #expect(try examine("kernel", whole).contains { $0.text.contains("functions and lines will be named") })
    let stripped = try ELF(parsing: whole).loadableImage()
    #expect(try examine("kernel", stripped).contains { $0.mark == .note && $0.text.hasPrefix("stripped") })
  }

  /// Files that cannot be graded, and the messages that say why.
  @Test(
    arguments: [
      ("x86", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1], "truncated"),
      ("rv32", [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1], "truncated"),
      ("text", Array("hello".utf8), "not an xv6 disk image"), ("empty", [], "not an xv6 disk image"),
      ("Nothing.swift", Array("struct Nothing {}".utf8), "no type conforms to LabSolution"),
    ] as [(String, [UInt8], String)])
  func `what cannot be graded is a problem`(name: String, bytes: [UInt8], words: String) throws {
    let findings = try examine(name, bytes)
    #expect(findings.map(\.mark) == [.problem])
    #expect(findings.first?.text.contains(words) == true || words == "truncated", "\(findings)")
  }

  @Test func `a kernel for another machine is a problem`() throws {
    var elf = try #require(LabPrograms.guest("tiny"))
    elf[18] = 62
    #expect(try examine("kernel", elf).map(\.mark) == [.problem])
    elf[18] = 243
    elf[4] = 1
    #expect(try examine("kernel", elf).map(\.mark) == [.problem])
  }

  @Test func `a user program is no kernel`() throws {
    let echo = try #require(LabPrograms.programs(for: "lazy").first { $0.name == "echo" }).elf
    let problem = try examine("echo", echo).first { $0.mark == .problem }
    #expect(problem?.text.hasPrefix("not a kernel") == true)
  }

  @Test func `an image is told by what is on it`() throws {
    let ours = try examine("fs.img", LabDisk.image(for: "lazy"))
    #expect(ours.map(\.mark) == [.ok, .ok])
    #expect(ours[1].text.contains("lazytests") && ours[1].text.contains("usertests"))
    let empty = try examine("fs.img", FileSystemImage(blocks: 60, inodes: 15).bytes)
    #expect(empty.map(\.mark) == [.ok, .note, .note])
  }

  /// A student's tree: first without a kernel, then with a kernel that is older than its sources.
  @Test func `a tree is told by what is built in it`() throws {
    let files = FileManager.default
    let tree = files.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
    defer { try? files.removeItem(at: tree) }
    try files.createDirectory(at: tree.appending(path: "kernel"), withIntermediateDirectories: true)
    try Data().write(to: tree.appending(path: "kernel/main.c"))
    var doctor = Doctor()
    doctor.boots = false
    #expect(doctor.findings(tree.path).map(\.mark) == [.ok, .problem])

    let kernel = tree.appending(path: "kernel/kernel")
    try Data(#require(LabPrograms.guest("kernel-legacy"))).write(to: kernel)
    try files.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: kernel.path)
    let built = doctor.findings(tree.path)
    #expect(!built.contains { $0.mark == .problem }, "\(built)")
    let notes = built.filter { $0.mark == .note }.map(\.text)
    #expect(notes.count == 3)
    for words in ["kernel/main.c is newer", "fs.img is missing", "time.txt is missing"] {
      #expect(notes.contains { $0.hasPrefix(words) })
    }
    try Data("12\n".utf8).write(to: tree.appending(path: "time.txt"))
    try Data().write(to: tree.appending(path: "fs.img"))
    #expect(doctor.findings(tree.path).count { $0.mark == .note } == 1)
  }

  /// Each edition, and the facts that its kernels show (the docs list them).
  @Test(
    arguments: [
      (["vmfault", "ismapped", "setkilled"], true, true, false, "2025 or later (lazy by itself)"),
      (["setkilled"], true, true, false, "2024"),
      (["setkilled", "timervec"], false, true, false, "2022 or 2023"),
      (["timervec"], false, true, false, "2021"),
      (["kvmpa", "timervec"], false, false, false, "2019"),
      (["kvmpa", "uartstart", "timervec"], false, false, false, "2020"),
      (["kvmpa", "uartstart"], false, true, false, "2020"),
      (["proc_mapstacks", "timervec"], false, false, false, "2020"),
      ([], true, true, true, "2024 or later"), ([], false, true, true, "2021 to 2023"),
      ([], false, false, true, "2019 or 2020"), ([], false, false, false, "none that is known"),
    ] as [(Set<String>, Bool, Bool, Bool, String)])
  func `an edition is guessed`(symbols: Set<String>, sstc: Bool, pmp: Bool, stripped: Bool, edition: String)
    throws
  {
    var facts = KernelFacts(try ELF(parsing: #require(LabPrograms.guest("tiny"))))
    (facts.symbols, facts.usesSstc, facts.usesPMP, facts.isStripped) = (symbols, sstc, pmp, stripped)
    facts.hasOldTrapframe = nil
    #expect(facts.guess == edition)
  }

  /// Debug information decides between 2019 and 2020, as far as there is some.
  @Test(
    arguments: [
      (["kvmpa"], nil, .xv6Of2019), (["kvmpa"], false, nil), ([], true, .xv6Of2019),
      (["kvmpa", "uartstart"], nil, nil), (["kvmpa", "uartstart"], false, nil),
      (["vmfault", "ismapped", "setkilled"], false, .xv6Of2025),
      (["vmfault", "kvmpa", "uartstart"], false, nil),
      (["setkilled"], false, nil), ([], nil, nil),
    ] as [(Set<String>, Bool?, Lab.Edition?)])
  func `the editions that some tests do not fit are recognised`(
    symbols: Set<String>, hasOldTrapframe: Bool?, edition: Lab.Edition?
  ) throws {
    var facts = KernelFacts(try ELF(parsing: #require(LabPrograms.guest("tiny"))))
    (facts.symbols, facts.hasOldTrapframe) = (symbols, hasOldTrapframe)
    #expect(facts.edition == edition)
  }

  /// The guest that sets up memory protection uses CSR instructions, and they are found in its code.
  @Test func `CSR instructions are found`() throws {
    #expect(KernelFacts(try ELF(parsing: #require(LabPrograms.guest("pmp")))).usesPMP)
    #expect(!KernelFacts(try ELF(parsing: #require(LabPrograms.guest("uart")))).usesPMP)
  }

  @Test func `text fits a terminal, and JSON tells the same`() throws {
    let checkup = Doctor().examine(["no such \u{1B}[31m file", "reference"])
    #expect(!checkup.isWell)
    // A word that is longer than a line, such as the path of a build, is not broken. It starts after the
    // margin.
    let long = checkup.text.split(separator: "\n").filter { $0.count > 80 }
    #expect(long.allSatisfy { !$0.dropFirst(10).contains(" ") }, "\(long)")
    #expect(!checkup.text.contains("\u{1B}"))
    let object = try #require(JSONSerialization.jsonObject(with: Data(checkup.json.utf8)) as? [String: Any])
    #expect(object["gradable"] as? Bool == false)
    #expect((object["findings"] as? [[String: Any]])?.count == checkup.findings.count)
  }
}

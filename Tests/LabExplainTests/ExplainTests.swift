import Foundation
import LazySolutions
import Sv39MMU
import Testing

@testable import HostSupport
@testable import LabExplain

/// Programs that are stopped at some moment, and what addresses mean to them at that moment.
struct ExplainTests {
  private func explain(
    _ command: [String], at moment: ExplainMoment? = nil, _ addresses: String..., tree: Bool = false
  ) throws -> ProcessExplanation {
    var run = try ExplainRun(command: command, solution: Reference())
    run.moment = moment
    run.addresses = addresses
    run.tree = tree
    return try run.run()
  }

  /// The lab's first test touches one page in 64 of its gigabyte, from the second page on.
  @Test func `the first page fault of the lab's first test is told`() throws {
    let found = try explain(["lazytests", "lazy_alloc"])
    let address = try #require(found.addresses.first)
    #expect(found.stopped == "stopped at page fault 1")
    #expect(found.fault?.va == address.va)
    #expect(address.va == found.size - (1 << 30) + PGSIZE)
    #expect(address.place == .heapOwed)
    #expect(address.physicalAddress == nil)
    #expect(address.walk.access == .store)
    #expect(address.walk.steps.map(\.level) == [2, 1, 0])
    #expect(address.walk.result == .fault(.invalid(level: 0)))
    #expect(found.source?.hasPrefix("setmarks (labs/lazy/programs/lazytests.c:") == true)
    #expect(found.text.contains("still owed"))
  }

  @Test func `at the second fault the first page is there`() throws {
    let first = try explain(["lazytests", "lazy_alloc"])
    let va = try #require(first.fault?.va)
    let second = try explain(["lazytests", "lazy_alloc"], at: .fault(2), "fault", "\(va)")
    #expect(second.addresses.map(\.va) == [va + 64 * PGSIZE, va])
    #expect(second.addresses.map(\.place) == [.heapOwed, .heapMapped])
    #expect(second.addresses[1].physicalAddress != nil)
    #expect(second.addresses[1].refusals.isEmpty)
    #expect(second.tree.userPages == first.tree.userPages + 1)
  }

  /// The parts that exec maps, and addresses that never belong to a process.
  @Test(
    arguments: [
      ("main", AddressPlace.text, [], true), ("sp", .stack, [], true), ("stack", .stack, [], true),
      ("guard", .guardPage, Access.allCases, true), ("sz", .outside, Access.allCases, false),
      ("heap", .outside, Access.allCases, false), ("trapframe", .trapframe, Access.allCases, true),
      ("trampoline+0xfff", .trampoline, Access.allCases, true), ("maxva", .beyond, Access.allCases, false),
      ("0x3ffffe000", .outside, Access.allCases, false),
      ("18446744073709551615", .beyond, Access.allCases, false),
    ] as [(String, AddressPlace, [Access], Bool)])
  func `every part of a process has its name`(
    asked: String, place: AddressPlace, refused: [Access], isMapped: Bool
  )
    throws
  {
    let found = try #require(try explain(["echo", "hi"], at: .symbol("main"), asked).addresses.first)
    #expect(found.place == place)
    #expect(found.refusals.map(\.access) == refused)
    #expect((found.physicalAddress != nil) == isMapped)
    #expect(!found.sentence.isEmpty)
  }

  /// An address, and the count of instructions when the program reaches it, name the same moment.
  @Test(arguments: ["main", "write"]) func `a symbol and an instruction count agree`(symbol: String) throws {
    let bySymbol = try explain(["echo", "hi"], at: .symbol(symbol))
    let byCount = try explain(["echo", "hi"], at: .instruction(#require(bySymbol.retired)))
    let byAddress = try explain(["echo", "hi"], at: .pc(bySymbol.pc))
    #expect(bySymbol.retired ?? 0 > 0)
    #expect(byCount.retired == bySymbol.retired)
    #expect([byCount.pc, byAddress.pc] == [bySymbol.pc, bySymbol.pc])
    #expect(bySymbol.source?.hasPrefix(symbol) == true)
    #expect(try explain(["echo", "hi"], at: .instruction(0)).retired == 0)
  }

  @Test(
    arguments: [
      (nil, "at its end, without a page fault"), (.end, "stopped at its end"),
      (.pc(0x1), "at its end: it never came to stop before the instruction at 0x1"),
      (.instruction(1 << 40), "at its end: it never came to stop after 1,099,511,627,776 instructions"),
      (.fault(7), "at its end: it never came to stop at page fault 7"),
    ] as [(ExplainMoment?, String)])
  func `a moment that never comes is told`(moment: ExplainMoment?, words: String) throws {
    let found = try explain(["echo", "hi"], at: moment)
    #expect(found.stopped == words)
    #expect(found.addresses.map(\.place) == [.stack], "its memory is still there")
  }

  @Test func `a run that comes to no end is explained where it stands`() throws {
    var run = try ExplainRun(command: ["sh"], solution: Reference())
    run.moment = .end
    #expect(try run.run().stopped == "waiting for input, of which there is none")
    var endless = try ExplainRun(command: ["grind"], solution: Reference())
    endless.moment = .end
    endless.instructionLimit = 50_000
    #expect(try endless.run().stopped == "where the limit of instructions was reached, and not at its end")
  }

  @Test(arguments: [
    ("fault:1", ExplainMoment.fault(1)), ("pc:0x10", .pc(16)), ("pc:4096", .pc(4096)),
    ("symbol:main", .symbol("main")),
    ("instruction:1_000", .instruction(1000)), ("end", .end),
  ]) func `moments are read`(text: String, moment: ExplainMoment) throws {
    #expect(try ExplainMoment(text) == moment)
  }

  @Test(arguments: [
    "", "noon", "fault", "fault:0", "fault:-1", "fault:x", "pc:", "pc:0x", "pc:0x+1", "symbol:", "end:1",
    "instruction:18446744073709551616",
  ]) func `other moments are refused`(text: String) {
    #expect(throws: InputError.self) { try ExplainMoment(text) }
  }

  @Test(arguments: ["nobody", "main+x", "fault", "+1", "-1"]) func `other addresses are refused`(text: String)
  {
    #expect(throws: InputError.self) { try explain(["echo"], at: .symbol("main"), text) }
  }

  @Test func `text fits a terminal, and JSON is JSON`() throws {
    let found = try explain(
      ["lazytests", "lazy_alloc"], at: .fault(3), "fault", "main", "maxva", "guard", tree: true)
    for text in [found.text, found.twoLevelText] {
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
    }
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(found.json(twoLevel: true).utf8)) as? [String: Any])
    let addresses = try #require(object["addresses"] as? [[String: Any]])
    #expect(addresses.map { $0["place"] as? String } == ["heap, owed", "text", "beyond MAXVA", "guard page"])
    #expect(addresses[0]["twoLevel"] as? [Int] == [0, Int(found.addresses[0].va >> 12), 0])
    let table = try #require(object["table"] as? [String: Any])
    #expect(table["pages"] as? Int == 5)
    #expect((table["tree"] as? [String])?.isEmpty == false)
  }
}

import Testing

@testable import LabBench

/// What `Conversation`, which plays the person at the console, answers.
struct ConversationTests {
  private func replies(_ command: String?, to pieces: [String]) -> [Conversation.Reply] {
    var conversation = Conversation(command: command)
    return pieces.map { conversation.hear(Array($0.utf8)) }
  }

  @Test func `without a command the first prompt is the end`() {
    #expect(replies(nil, to: ["\nxv6 kernel is boo", "ting\r\n$", " "]) == [.none, .none, .done])
  }

  @Test func `a command is typed at the first prompt and ends at the next`() {
    let typed = Conversation.Reply.type(Array("ls\n".utf8))
    #expect(
      replies("ls", to: ["$ ", "ls\n", "README $ ", "1\n", "$ "]) == [typed, .none, .none, .none, .done])
  }

  @Test func `a panic is the end`() {
    #expect(replies("ls", to: ["$ ", "ls\npanic: remap\n"])[1] == .done)
  }

  @Test func `the last line is remembered`() {
    var conversation = Conversation(command: nil)
    _ = conversation.hear("one\ntwo\r\n\n$ ".utf8)
    #expect(conversation.lastLine == "two")
  }
}

import LabPrograms
import ObjectFile
import Testing

@testable import UserFollowing

struct UserProgramTests {
  @Test func `every program of the lab's disk is one of ours, and has its entry in its text`() throws {
    for (name, elf) in LabPrograms.programs(for: "lazy") {
      let program = try #require(UserProgram(ELF(parsing: elf), name: name))
      #expect(program.entry < 4 << 20, "\(name)")
      #expect(!program.finish.isEmpty, "\(name)")
    }
  }
}

import LabModel

extension MemoryTrial {
  /// Every program of the lab's disk, under the solution that makes `sbrk` lazy and the one that does not:
  /// each of the lab's tests, and each utility with something to do.
  ///
  /// `memory` is the machine's RAM in MiB. With little RAM, programs that use up memory do so after a
  /// thousand pages instead of thirty thousand, so that each single page can be refused.
  package static func all(memory: Int) throws -> [MemoryTrial] {
    let disk = try LabDisk.image(for: LabCatalogue.standard)
    let tests = try LabCatalogue.lab(LabCatalogue.standard).tests.map(\.run)
    return ["reference", "starter"].flatMap { solution in
      (tests + utilities).map { MemoryTrial($0, solution: solution, memory: memory, disk: disk) } + [
        MemoryTrial(["sh"], solution: solution, memory: memory, disk: disk, typing: shellInput),
        // It never ends by itself.
        MemoryTrial(["grind"], solution: solution, memory: memory, disk: disk, limit: 1_500_000),
      ]
    }
  }

  private static let utilities = [
    ["cat", "README"], ["echo", "some", "words"], ["forktest"], ["grep", "d.*k", "README"], ["kill", "100"],
    ["ln", "README", "R"], ["ls"], ["mkdir", "d"], ["rm", "README"], ["stressfs"], ["wc", "README"],
    ["zombie"],
  ]

  private static let shellInput = """
    echo some words > f; cat < f | wc
    (mkdir d; cd d; ls ..) | grep f
    cd d
    sleepy &
    rm ../f nothing

    """
}

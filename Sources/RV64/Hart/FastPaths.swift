/// The ways in which a hart does the work of several instructions at a time, or remembers what it would have
/// to look up again. The guest cannot see any of them. Each can be turned off, so that tests can compare.
package struct FastPaths: OptionSet, Sendable, Hashable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Translations stay valid over `sfence.vma` and writes to `satp` (`SpaceCaches`).
  package static let keptTranslations = FastPaths(rawValue: 1 << 0)
  /// A block leads to the next one without a look at the jump table, and follows jumps (`FollowedJumps`). A
  /// call by `auipc` and `jalr` is one jump.
  package static let linkedBlocks = FastPaths(rawValue: 1 << 1)
  /// Loops that fill, copy or compare memory do many iterations at once (`ByteLoop`).
  package static let byteLoops = FastPaths(rawValue: 1 << 2)
  /// CSR and privileged instructions that change nothing about interrupts do not leave the hot loop.
  package static let inlineSystem = FastPaths(rawValue: 1 << 3)
  /// Instructions that often follow each other are done at once (`Fusion`), and those without an effect take
  /// no time.
  package static let fusedPairs = FastPaths(rawValue: 1 << 4)
  /// RAM pages with one repeated byte use no host memory (`FilledPages`).
  package static let filledPages = FastPaths(rawValue: 1 << 5)

  package static let all: FastPaths = [
    .keptTranslations, .linkedBlocks, .byteLoops, .inlineSystem, .fusedPairs, .filledPages,
  ]

  /// Each path with the name that turns it off, and a few words about it.
  package static let named: [(name: String, paths: FastPaths, meaning: String)] = [
    ("translations", .keptTranslations, "translations that outlive fences and writes to satp"),
    ("links", .linkedBlocks, "blocks that lead to the next one, and go along with jumps"),
    ("loops", .byteLoops, "loops that fill, copy or compare memory, in strides"),
    ("system", .inlineSystem, "CSR and privileged instructions within the hot loop"),
    ("pairs", .fusedPairs, "several instructions done at once"),
    ("fills", .filledPages, "pages that are one byte over and over, without memory of the host"),
    ("all", .all, "all of these"),
  ]
}

/// The ways in which a hart does more than one instruction's work at a time, or remembers what it could look up
/// again. None of them can be seen by the guest; each can be turned off, so that tests may compare.
package struct FastPaths: OptionSet, Sendable, Hashable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Translations outlive `sfence.vma` and writes to `satp` (`AddressSpaces`).
  package static let keptTranslations = FastPaths(rawValue: 1 << 0)
  /// Blocks lead to the next one without a look at the jump table and go along with jumps (`FollowedJumps`); calls by
  /// `auipc` and `jalr` are one jump.
  package static let linkedBlocks = FastPaths(rawValue: 1 << 1)
  /// Loops that fill, copy or compare memory run in strides (`ByteLoop`).
  package static let byteLoops = FastPaths(rawValue: 1 << 2)
  /// CSR and privileged instructions that change nothing about interrupts do not leave the hot loop.
  package static let inlineSystem = FastPaths(rawValue: 1 << 3)
  /// Two instructions that often follow each other are done at once (`FusedPair`).
  package static let fusedPairs = FastPaths(rawValue: 1 << 4)
  /// Pages that are nothing but a fill take no memory of the host's (`FilledPages`).
  package static let filledPages = FastPaths(rawValue: 1 << 5)

  package static let all: FastPaths = [
    .keptTranslations, .linkedBlocks, .byteLoops, .inlineSystem, .fusedPairs, .filledPages,
  ]

  /// Each by the name with which a command line turns it off.
  package static let named: KeyValuePairs<String, FastPaths> = [
    "translations": .keptTranslations, "links": .linkedBlocks, "loops": .byteLoops, "system": .inlineSystem,
    "pairs": .fusedPairs, "fills": .filledPages, "all": .all,
  ]
}

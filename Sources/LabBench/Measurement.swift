/// What a run of a benchmark tells of itself.
package struct RunReport: Sendable, Equatable, Codable {
  /// Retired guest instructions: of all harts, or, on the Swift kernel, of its user programs.
  package var instructions: UInt64
  /// Processor seconds from the program's own start to the first guest instruction.
  package var startUp: Double
  /// What the guest said at last: the same on every machine.
  package var answer: String
  /// What the kernel wanted of the board.
  package var wishes = Wishes()

  /// How another machine has to be set up for the same kernel.
  package struct Wishes: Sendable, Equatable, Codable {
    package var legacyDisk = false
    /// The kernel leaves memory protection as it is, which forbids it everything.
    package var unprotected = false
  }

  package init(instructions: UInt64, startUp: Double, answer: String) {
    self.instructions = instructions
    self.startUp = startUp
    self.answer = answer
  }
}

/// One run in a process of its own, as the host saw it.
package struct Measurement: Sendable, Equatable, Codable {
  /// User and system time.
  package var processorSeconds: Double
  /// The largest resident size.
  package var peakBytes: UInt64

  package init(processorSeconds: Double, peakBytes: UInt64) {
    self.processorSeconds = processorSeconds
    self.peakBytes = peakBytes
  }
}

/// The least, the middle and the greatest of some figures.
package struct Spread: Sendable, Equatable, Codable {
  package var least, median, greatest: Double

  /// Nil where there is no figure.
  package init?(_ figures: some Collection<Double>) {
    let sorted = figures.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    least = first
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    greatest = last
  }
}

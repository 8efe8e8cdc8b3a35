/// What a run of a benchmark reports about itself.
package struct RunReport: Sendable, Equatable, Codable {
  /// Retired guest instructions. A board counts all its harts; the Swift kernel counts only its user
  /// programs.
  package var instructions: UInt64
  /// Processor seconds from the start of our program to the first guest instruction.
  package var startUp: Double
  /// The last line that the guest wrote. It is the same on every machine.
  package var answer: String
  /// What the kernel needs from a machine.
  package var wishes = Wishes()

  /// How another machine must be configured for the same kernel.
  package struct Wishes: Sendable, Equatable, Codable {
    package var legacyDisk = false
    /// The kernel does not set up memory protection (PMP). On a strict machine it could then access no memory
    /// in S mode.
    package var unprotected = false
  }

  package init(instructions: UInt64, startUp: Double, answer: String) {
    self.instructions = instructions
    self.startUp = startUp
    self.answer = answer
  }
}

/// One run in a process of its own, as the host measured it.
package struct Measurement: Sendable, Equatable, Codable {
  /// User and system time.
  package var processorSeconds: Double
  /// The largest resident size, in bytes.
  package var peakBytes: UInt64

  package init(processorSeconds: Double, peakBytes: UInt64) {
    self.processorSeconds = processorSeconds
    self.peakBytes = peakBytes
  }
}

/// The least, the median and the greatest of some figures.
package struct Spread: Sendable, Equatable, Codable {
  package var least, median, greatest: Double

  /// Nil if there are no figures.
  package init?(_ figures: some Collection<Double>) {
    let sorted = figures.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    least = first
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    greatest = last
  }
}

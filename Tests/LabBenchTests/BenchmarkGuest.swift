import LabPrograms
import Testing

/// Guests, as a host's files would hold them.
enum BenchmarkGuest {
  static func tiny() throws -> [UInt8] { try #require(LabPrograms.guest("tiny")) }
  static func startUp() throws -> [UInt8] { try #require(LabPrograms.guest("start-up")) }
}

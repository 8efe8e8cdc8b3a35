import LabPrograms
import Testing

/// Guests, in the form of files.
enum BenchmarkGuest {
  static func tiny() throws -> [UInt8] { try #require(LabPrograms.guest("tiny")) }
  static func startUp() throws -> [UInt8] { try #require(LabPrograms.guest("start-up")) }
}

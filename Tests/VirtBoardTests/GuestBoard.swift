import LabPrograms
import ObjectFile
import Testing

@testable import VirtBoard

/// Boots guests of `labs/guests`.
enum GuestBoard {
  /// A disk of 64 sectors. Its bytes show where on the disk they are.
  static let disk = (0..<(64 * 512)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }

  static func elf(_ name: String) throws -> ELF { try ELF(parsing: #require(LabPrograms.guest(name))) }

  static func configuration(harts: Int = 1, seed: UInt64 = 1) -> BoardConfiguration {
    var configuration = BoardConfiguration()
    configuration.harts = harts
    configuration.memorySize = 2 << 20
    configuration.seed = seed
    configuration.disk = disk
    configuration.instructionLimit = 100_000_000
    return configuration
  }
}

/// Collects what a board writes to its console.
final class Transcript {
  var bytes: [UInt8] = []
  var text: String { String(decoding: bytes, as: UTF8.self) }

  init(_ board: Board) { board.onConsoleOutput = { [unowned self] in bytes += $0 } }
}

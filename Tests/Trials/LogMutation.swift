import XV6FileSystem

/// A mistake in the log, as seen from the disk: what a kernel with that mistake would write instead of what
/// xv6 writes. If trials do not find every mistake, they prove nothing.
package enum LogMutation: String, CaseIterable, Sendable {
  case headerBeforeData = "the header is written before the blocks that it commits"
  case installBeforeHeader = "blocks go home before the header commits them"
  case clearBeforeInstall = "the log is emptied before its blocks have gone home"
  case neverCleared = "the log is never emptied"
  case noLog = "blocks go home with no log at all"
  case lastBlockForgotten = "the header counts one block too few"
  case recoveryKeepsHeader = "recovery leaves the header as it was"
  case recoveryForgetsBlock = "recovery leaves out the first block"
  case recoveryClearsFirst = "recovery empties the log before it has brought its blocks home"

  private enum Kind { case data, commit, home, clear }

  private func kind(_ write: DiskWrite, _ logstart: UInt32) -> Kind {
    let block = Int(write.block) - Int(logstart)
    if block == 0 { return write.data.prefix(4) == [0, 0, 0, 0] ? .clear : .commit }
    return (1..<DiskLayout.logSize).contains(block) ? .data : .home
  }

  /// What a kernel with this mistake writes instead of xv6's `writes`, which are whole transactions.
  func applied(to writes: [DiskWrite], logstart: UInt32) -> [DiskWrite] {
    var result: [DiskWrite] = []
    var rest = writes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex { kind($0, logstart) == .clear }.map { $0 + 1 } ?? rest.endIndex
      result += transaction(Array(rest[..<end]), logstart)
      rest = rest[end...]
    }
    return result
  }

  private func transaction(_ writes: [DiskWrite], _ logstart: UInt32) -> [DiskWrite] {
    func all(_ kind: Kind) -> [DiskWrite] { writes.filter { self.kind($0, logstart) == kind } }
    switch self {
    case .headerBeforeData: return all(.commit) + all(.data) + all(.home) + all(.clear)
    case .installBeforeHeader: return all(.data) + all(.home) + all(.commit) + all(.clear)
    case .clearBeforeInstall: return all(.data) + all(.commit) + all(.clear) + all(.home)
    case .neverCleared: return all(.data) + all(.commit) + all(.home)
    case .noLog: return all(.home)
    case .lastBlockForgotten:
      return writes.map { write in
        guard kind(write, logstart) == .commit else { return write }
        var short = write
        short.data[0] -= 1
        return short
      }
    case .recoveryKeepsHeader, .recoveryForgetsBlock, .recoveryClearsFirst: return writes
    }
  }

  /// What recovery writes with this mistake.
  func applied(toRecovery writes: [DiskWrite], logstart: UInt32) -> [DiskWrite] {
    let clear = writes.filter { kind($0, logstart) == .clear }
    let home = writes.filter { kind($0, logstart) != .clear }
    switch self {
    case .recoveryKeepsHeader: return home
    case .recoveryForgetsBlock: return home.dropFirst() + clear
    case .recoveryClearsFirst: return clear + home
    default: return writes
    }
  }
}

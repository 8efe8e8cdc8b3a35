import Sv39MMU

/// What the lab expects of the kernel at an address.
public enum LabExpectation: String, Sendable, Codable, CaseIterable {
  /// A page that `sbrk` promised is mapped, filled with zeroes, and the instruction runs again.
  case mapZeroedPage
  /// The same for a system call: the copy goes on.
  case mapAndCopy
  /// The process dies, and nothing else does.
  case kill
  /// There is no page left: the process dies, and nothing else does.
  case killOutOfMemory
  /// The system call answers -1.
  case refuseCopy
  /// There is no page left: the system call answers -1.
  case refuseOutOfMemory
  /// The page is mapped from `exec` on, so that nothing happens here at all.
  case isMapped
  /// The page is the program's to read, write and execute, so that nothing happens here at all.
  case isAllowed
  /// Nothing that a program does makes the kernel panic.
  case survive
}

extension LabExpectation {
  /// What the lab expects of an access at an address in `region` where the walk ended as told; nil where editions of the lab
  /// differ.
  ///
  /// - `isCopy`: the access is the kernel's, for a system call;
  /// - `isOutOfMemory`: there was no page for it.
  init?(region: Region, walk: WalkResult, isCopy: Bool, isOutOfMemory: Bool) {
    let isMissing = if case .fault(let fault) = walk { fault.isMissing } else { false }
    switch region {
    case .atSize, .aboveSize, .givenBack, .guardPage, .trapframe, .trampoline, .beyondMAXVA:
      self = isCopy ? .refuseCopy : .kill
    case .heap, .promised, .belowSize:
      if isMissing {
        self =
          switch (isCopy, isOutOfMemory) {
          case (false, false): .mapZeroedPage
          case (false, true): .killOutOfMemory
          case (true, false): .mapAndCopy
          case (true, true): .refuseOutOfMemory
          }
      } else if region == .belowSize {
        self = isCopy ? .refuseCopy : .kill
      } else if case .fault(.notExecutable) = walk {
        return nil
      } else {
        self = .isAllowed
      }
    case .text, .data, .image, .stack:
      switch walk {
      case .fault(.notWritable), .fault(.notExecutable): self = isCopy ? .refuseCopy : .kill
      default: self = isMissing ? .isMapped : .isAllowed
      }
    }
  }

  /// Whether a kernel that did this has done what is expected.
  func isMet(by response: FaultReport.Response) -> Bool {
    switch (self, response) {
    case (.mapZeroedPage, .mapped), (.mapAndCopy, .copied), (.kill, .killed), (.killOutOfMemory, .killed),
      (.killOutOfMemory, .mapped), (.refuseCopy, .refused), (.refuseOutOfMemory, .refused),
      (.refuseOutOfMemory, .copied):
      true
    default: false
    }
  }
}

extension WalkFault {
  /// Whether there is no mapping at all, as opposed to one that does not allow the access.
  var isMissing: Bool {
    switch self {
    case .invalid, .noLeaf: true
    default: false
    }
  }
}

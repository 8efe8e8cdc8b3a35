import LabDiagnosis
import LabModel
import Sv39MMU

/// The diagnosis code of the lazy page allocation lab.
package struct LazyKnowledge: LabKnowledge {
  package init() {}

  package func rules() -> [any MistakeRule] { [Detective()] }

  package func expectation(
    in region: Region, walk: WalkResult, isCopy: Bool, isOutOfMemory: Bool
  ) -> LabExpectation? {
    let isMissing = if case .fault(let fault) = walk { fault.isMissing } else { false }
    switch region {
    case .atSize, .aboveSize, .givenBack, .guardPage, .trapframe, .trampoline, .beyondMAXVA:
      return isCopy ? .refuseCopy : .kill
    case .heap, .promised, .belowSize:
      if isMissing {
        return switch (isCopy, isOutOfMemory) {
        case (false, false): .mapZeroedPage
        case (false, true): .killOutOfMemory
        case (true, false): .mapAndCopy
        case (true, true): .refuseOutOfMemory
        }
      } else if region == .belowSize {
        return isCopy ? .refuseCopy : .kill
      } else if case .fault(.notExecutable) = walk {
        return nil
      } else {
        return .isAllowed
      }
    case .text, .data, .image, .stack:
      switch walk {
      case .fault(.notWritable), .fault(.notExecutable): return isCopy ? .refuseCopy : .kill
      default: return isMissing ? .isMapped : .isAllowed
      }
    }
  }
}

import LabModel
import Sv39MMU

/// What a lab knows of itself: what it expects of a kernel at an address, and which mistakes its solutions make.
///
/// Diagnosing a run is general; what is one lab's own stands in that lab's folder (`labs/lazy/diagnosis`).
package protocol LabKnowledge: Sendable {
  /// What the lab expects of an access at an address in `region` if the walk ended as told; nil if editions of the
  /// lab differ.
  ///
  /// - `isCopy`: the access is the kernel's, for a system call;
  /// - `isOutOfMemory`: there was no page for it.
  func expectation(
    in region: Region, walk: WalkResult, isCopy: Bool, isOutOfMemory: Bool
  ) -> LabExpectation?

  /// The rules that recognise the lab's mistakes, fresh for each run.
  func rules() -> [any MistakeRule]
}

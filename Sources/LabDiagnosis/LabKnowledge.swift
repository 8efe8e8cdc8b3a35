import LabModel
import Sv39MMU

/// What a lab knows for its own diagnosis: what it expects of a kernel at an address, and which mistakes
/// are common in its solutions.
///
/// This module works for every lab. The part that belongs to one lab is in that lab's folder
/// (`labs/lazy/diagnosis`).
package protocol LabKnowledge: Sendable {
  /// What the lab expects if a program or the kernel accesses an address in `region` and the page-table
  /// walk ends with `walk`; nil if the editions of the lab differ.
  ///
  /// - `isCopy`: the kernel makes the access, in a system call;
  /// - `isOutOfMemory`: no page was left for the access.
  func expectation(
    in region: Region, walk: WalkResult, isCopy: Bool, isOutOfMemory: Bool
  ) -> LabExpectation?

  /// New rules for one run, which find the lab's known mistakes.
  func rules() -> [any MistakeRule]
}

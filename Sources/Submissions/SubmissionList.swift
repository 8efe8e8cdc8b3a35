import Foundation
import HostSupport

/// Which solutions a run over many grades.
package enum SubmissionList {
  /// The paths of everything in `folder` that is not hidden, sorted by name: one submission each.
  package static func paths(in folder: String) throws(InputError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw InputError("\(folder): not a folder that can be read")
    }
    let paths = names.filter { !$0.hasPrefix(".") }.sorted().map { folder + "/" + $0 }
    guard !paths.isEmpty else { throw InputError("\(folder): the folder is empty") }
    return paths
  }

  /// Names for `operands`, as tables and result files use them: the last component of a path. Two that would share one
  /// are refused.
  package static func names(of operands: [String]) throws(InputError) -> [String] {
    let names = operands.map { URL(fileURLWithPath: $0).standardizedFileURL.lastPathComponent }
    var seen: [String: String] = [:]
    for (name, operand) in zip(names, operands) {
      if let other = seen.updateValue(operand, forKey: name) {
        throw InputError(
          "\(other) and \(operand) are both called \"\(name)\": grade them one after the other")
      }
    }
    return names
  }

  /// One of `count` parts of `items` that are as equal as can be, `index` counted from 1: every `count`-th.
  package static func shard<T>(_ items: [T], _ index: Int, of count: Int) -> [T] {
    items.indices.filter { $0 % count == index - 1 }.map { items[$0] }
  }

  /// The two numbers of `--shard I/N`.
  package static func shard(_ text: String) throws(InputError) -> (index: Int, count: Int) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1], 1 <= index, index <= count,
      count <= 100_000
    else { throw InputError("--shard takes I/N, the I-th of N parts, such as 1/4; not \"\(text)\"") }
    return (index, count)
  }
}

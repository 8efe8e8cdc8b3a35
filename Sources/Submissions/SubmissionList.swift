import Foundation
import HostSupport

/// Chooses the solutions for a run that grades many.
package enum SubmissionList {
  /// The paths of all entries in `folder` that are not hidden, sorted by name. Each is one submission.
  package static func paths(in folder: String) throws(InputError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw InputError("\(folder): not a folder that can be read")
    }
    let paths = names.filter { !$0.hasPrefix(".") }.sorted().map { folder + "/" + $0 }
    guard !paths.isEmpty else { throw InputError("\(folder): the folder is empty") }
    return paths
  }

  /// The names of `operands` in tables and result files: the last component of each path. If two would have
  /// the same name, they are refused.
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

  /// Part number `index` of `count` parts of `items`, counted from 1. It takes every `count`-th item, so
  /// the sizes differ by at most one.
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

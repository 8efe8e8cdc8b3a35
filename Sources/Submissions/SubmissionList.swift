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

  /// The names of `operands` in tables and result files: the last component of each path. If several would
  /// have the same name, each gets as many components as it takes to tell them apart: `ada/S.swift`. A
  /// solution that is named twice is refused.
  package static func names(of operands: [String]) throws(InputError) -> [String] {
    let paths = operands.map { URL(fileURLWithPath: $0).standardizedFileURL.pathComponents.dropFirst() }
    var counts = [Int](repeating: 1, count: paths.count)
    while true {
      let names = zip(paths, counts).map { $0.suffix($1).joined(separator: "/") }
      let groups = Dictionary(grouping: names.indices) { names[$0] }.values.filter { $0.count > 1 }
      if groups.isEmpty { return names }
      for group in groups {
        for index in group { counts[index] += 1 }
        let tells = group.allSatisfy { counts[$0] <= paths[$0].count }
        guard tells, Set(group.map { paths[$0] }).count == group.count else {
          let twice = group.sorted().prefix(2).map { operands[$0] }.joined(separator: " and ")
          throw InputError("\(twice) are the same solution: name it once")
        }
      }
    }
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

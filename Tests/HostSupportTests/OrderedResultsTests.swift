import Foundation
import Testing

@testable import HostSupport

/// Jobs run at the same time, but their results come in order.
struct OrderedResultsTests {
  private struct Stop: Error, Equatable { let index: Int }

  @Test(arguments: [1, 2, 7, 100])
  func `results come in order, each job once`(workers: Int) throws {
    // This is an `NSLock` because the thread sanitizer understands it, but not Swift's own `Mutex`.
    let lock = NSLock()
    nonisolated(unsafe) var calls: [Int: Int] = [:]
    var delivered: [Int] = []
    try OrderedResults.run(
      count: 50, workers: workers,
      job: { index in
        lock.withLock { calls[index, default: 0] += 1 }
        if index % 5 == 0 { Thread.sleep(forTimeInterval: 0.002) }
        return index * index
      },
      deliver: { index, result in
        #expect(result == index * index)
        delivered.append(index)
      })
    #expect(delivered == Array(0..<50))
    #expect(lock.withLock { calls } == Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, 1) }))
  }

  @Test func `no job is no result`() throws {
    try OrderedResults.run(count: 0, workers: 4, job: { $0 }, deliver: { _, _ in Issue.record("delivered") })
  }

  @Test func `the first error in order ends it, after the results before it`() {
    var delivered: [Int] = []
    let error = #expect(throws: Stop.self) {
      try OrderedResults.run(
        count: 20, workers: 3,
        job: { index in
          if index == 4 || index == 6 { throw Stop(index: index) }
          return index
        },
        deliver: { index, _ in delivered.append(index) })
    }
    #expect(error == Stop(index: 4))
    #expect(delivered == [0, 1, 2, 3])
  }
}

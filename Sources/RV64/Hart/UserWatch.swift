import Foundation
import Sv39MMU

// What user mode does, seen from the hart: each way in, each way out, and the places of a program that were
// executed. Nobody else sees it: a kernel can say what it likes about its processes, but it cannot make the
// hart execute an instruction of theirs.

/// Hears of each entry into U mode, and of each trap or interrupt that leaves it.
package protocol UserWatcher: AnyObject, Sendable {
  /// The hart goes on in U mode, at `crossing.pc`.
  func entered(_ crossing: UserCrossing)
  /// The hart leaves U mode before the instruction at `crossing.pc`. `cause` is what `scause` will show: bit
  /// 63 is set for an interrupt.
  func left(_ crossing: UserCrossing, cause: UInt64)
  /// The hart is about to execute the open place `pc` of `Hart.places`, in the code that the map has there.
  func reached(_ pc: UInt64, satp: UInt64, hart: UInt64)
}

/// A moment at which a hart enters or leaves U mode.
package struct UserCrossing {
  package let hart: UInt64
  package let satp: UInt64
  /// The address of the next instruction in U mode, or of the one that trapped.
  package let pc: UInt64
  package let registers: UserRegisters
  package let memory: PhysicalMemory
}

/// The registers of a hart, to read while a watcher hears of a crossing, and no longer.
package struct UserRegisters {
  fileprivate let base: UnsafePointer<UInt64>

  /// Register `x[n]`; `n` counts modulo 32.
  package subscript(n: Int) -> UInt64 { base[n & 31] }

  /// Writes x0...x31 to `saved`, which has 32 elements.
  package func save(to saved: inout [UInt64]) {
    saved.withUnsafeMutableBufferPointer { saved in
      for n in 0..<min(32, saved.count) { saved[n] = base[n] }
    }
  }

  /// The first register but `exception` that differs from `saved`; nil if all are the same.
  package func firstDifference(from saved: [UInt64], but exception: Int = 0) -> Int? {
    saved.withUnsafeBufferPointer { saved in
      (1..<min(32, saved.count)).first { saved[$0] != base[$0] && $0 != exception }
    }
  }
}

/// Places in the text of one program, by their virtual addresses. All harts of a machine share a map, and one
/// thread at a time uses it.
///
/// A place is told when user code is executed there that is the program's own: the page must hold the
/// program's text, byte by byte, when it is decoded. (If somebody writes to the page later, it is decoded
/// again.)
package final class PlaceMap: @unchecked Sendable {
  private let start: UInt64
  private let text: [UInt8]
  /// For each two bytes of the text: whether a place is there that is still open.
  private var open: [Bool]
  /// For each page from that of `start` on: how many open places it has.
  private var openInPage: [Int]

  /// The places at `addresses` in `text`, which begins at `start`. Others are left out.
  package init(text: [UInt8], at start: UInt64, places addresses: some Sequence<UInt64>) {
    self.start = start
    self.text = text
    open = Array(repeating: false, count: text.count / 2 + 1)
    openInPage = Array(repeating: 0, count: (text.count + Int(start & 4095)) / 4096 + 1)
    for address in addresses {
      guard let index = index(of: address), !open[index] else { continue }
      open[index] = true
      openInPage[page(of: address)] += 1
    }
  }

  private func index(of address: UInt64) -> Int? {
    let offset = address &- start
    return offset < UInt64(text.count) && offset & 1 == 0 ? Int(offset / 2) : nil
  }

  private func page(of address: UInt64) -> Int { Int((address >> 12) &- (start >> 12)) }

  /// Whether `address` is a place that is still open.
  func isOpen(_ address: UInt64) -> Bool { index(of: address).map { open[$0] } ?? false }

  /// The hart need not tell of the place at `address` any more.
  package func close(_ address: UInt64) {
    guard let index = index(of: address), open[index] else { return }
    open[index] = false
    openInPage[page(of: address)] -= 1
  }

  /// Whether the page at virtual address `va` has open places.
  func hasOpen(page va: UInt64) -> Bool {
    let page = (va >> 12) &- (start >> 12)
    return page < UInt64(openInPage.count) && openInPage[Int(page)] > 0
  }

  /// Whether the page at virtual address `va`, which lies at `host`, holds the text.
  func holdsText(page va: UInt64, _ host: UnsafeRawPointer) -> Bool {
    let first = max(start, va)
    let last = min(start &+ UInt64(text.count), va &+ 4096)
    guard first < last else { return false }
    return text.withUnsafeBytes { text in
      guard let expected = text.baseAddress else { return false }
      return memcmp(host + Int(first - va), expected + Int(first - start), Int(last - first)) == 0
    }
  }
}

extension Hart {
  /// Tells the watcher that the hart goes on in U mode at `next`, if it does.
  @inline(never) func reportUserEntry(at next: UInt64) {
    guard privilege == .user, let watcher else { return }
    watcher.entered(crossing(at: next))
  }

  /// Tells the watcher that the hart leaves U mode.
  @inline(never) func reportUserExit(cause: UInt64) {
    guard privilege == .user, let watcher else { return }
    watcher.left(crossing(at: pc), cause: cause)
  }

  private func crossing(at pc: UInt64) -> UserCrossing {
    UserCrossing(
      hart: id, satp: satp, pc: pc, registers: UserRegisters(base: UnsafePointer(registers)), memory: memory)
  }

  /// The map of places, if the code at `pc`, whose page lies at `page` in host memory, may have some: it is
  /// user code, and the page holds the program's text.
  func placesOfPage(at pc: UInt64, _ page: UnsafeRawPointer) -> PlaceMap? {
    guard privilege == .user, let places, places.hasOpen(page: pc & ~4095),
      places.holdsText(page: pc & ~4095, page)
    else { return nil }
    return places
  }
}

import HostSupport
import LabMeter
import WebPage

/// Drawings of what runs did with memory: one run, or several runs in one drawing.
package struct MemoryPictures {
  /// The runs, each with its label. The label is empty if there is only one run.
  package let runs: [(label: String, measured: Measured)]

  package init(_ runs: [(label: String, measured: Measured)]) { self.runs = runs }

  /// The most points of a line. A reader could not see more.
  private static let points = 256

  /// Resident pages over the number of instructions.
  package var residency: Markup {
    let total = runs.map(\.measured.residency.end).max() ?? 0
    let series = runs.map { label, measured -> Chart.Series in
      let residency = measured.residency
      let step = Double(max(total, 1)) / Double(Self.points)
      var points: [Chart.Point] = []
      for (column, pages) in residency.columns(Self.points, of: total).enumerated() {
        guard let pages else { break }
        points.append(.init(x: Double(column) * step, y: Double(pages)))
      }
      if let last = points.last { points.append(.init(x: Double(residency.end), y: last.y)) }
      return Chart.Series(label.isEmpty ? "resident pages" : label, points)
    }
    return Chart(
      title: "Resident pages over retired user instructions", x: "user instructions", y: "pages",
      style: .steps, series: series
    ).markup
  }

  /// When page faults happened, and at which addresses.
  package var faults: Markup {
    let series = runs.map { label, measured in
      let count = "\(grouped(UInt64(max(measured.figures.faults, 0)))) faults"
      return Chart.Series(
        label.isEmpty ? count : "\(label): \(count)",
        measured.faults.marks.map { .init(x: Double($0.moment), y: Double($0.address) / 1_048_576) })
    }
    let every = runs.map(\.measured.faults.every).max() ?? 1
    return Chart(
      title: "Page faults: when, and where" + (every > 1 ? " (one in \(every) is drawn)" : ""),
      x: "user instructions", y: "address, MiB", style: .dots, series: series
    ).markup
  }

  /// The address space of the largest process of each run, at two moments.
  package var maps: [Markup] {
    runs.flatMap { label, measured -> [Markup] in
      guard let map = measured.map else { return [] }
      let size = Self.mebibytes(map.sizeBefore)
      let program = VisibleText.of(map.program)
      let whose = label.isEmpty ? "\(program) (pid \(map.pid))" : "\(VisibleText.of(label)), \(program)"
      return [
        AddressMap(
          title: "\(whose): \(size) MiB, when it became that large",
          cells: Self.cells(map, \.before, size: map.sizeBefore)
        ).markup,
        AddressMap(title: "\(whose): at the end", cells: Self.cells(map, \.after, size: map.sizeAfter))
          .markup,
      ]
    }
  }

  /// What a map shows for the moment when the process had `size` bytes.
  private static func cells(
    _ map: MemoryMap, _ present: KeyPath<MemoryMap.Cell, Int>, size: UInt64
  ) -> [AddressMap.Cell] {
    var first: UInt64 = 0
    return map.cells.map { cell in
      defer { first += UInt64(cell.pages) * 4096 }
      let count = cell[keyPath: present]
      if cell.isImage { return .image }
      if count == 0 { return first < size ? .owed : .absent }
      if count >= cell.pages { return .mapped }
      return count * 2 >= cell.pages ? .some : .few
    }
  }

  /// The number of MiB with one digit after the point.
  private static func mebibytes(_ bytes: UInt64) -> String {
    let tenths = (bytes >> 10) * 10 / 1024
    return "\(tenths / 10).\(tenths % 10)"
  }
}

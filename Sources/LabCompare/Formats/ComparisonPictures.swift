import LabGrading
import WebPage

/// The drawings of one workload.
struct ComparisonPictures {
  let comparison: Comparison
  let sides: Sides

  private var pairs: [(label: String, measurement: Measured)] {
    [(sides.a.label, comparison.a), (sides.b.label, comparison.b)]
  }

  /// The most points of a line: more cannot be seen.
  private static let points = 256

  /// Resident pages over instructions.
  var residency: Markup {
    let total = max(comparison.a.residency.end, comparison.b.residency.end)
    let series = pairs.map { label, measurement -> Chart.Series in
      let residency = measurement.residency
      let step = Double(max(total, 1)) / Double(Self.points)
      var points: [Chart.Point] = []
      for (column, pages) in residency.columns(Self.points, of: total).enumerated() {
        guard let pages else { break }
        points.append(.init(x: Double(column) * step, y: Double(pages)))
      }
      if let last = points.last { points.append(.init(x: Double(residency.end), y: last.y)) }
      return Chart.Series(label, points)
    }
    return Chart(
      title: "Resident pages over retired user instructions", x: "user instructions", y: "pages",
      style: .steps,
      series: series
    ).markup
  }

  /// When page faults happened, and at which address.
  var faults: Markup {
    let series = pairs.map { label, measurement in
      Chart.Series(
        "\(label): \(grouped(UInt64(max(measurement.figures.faults, 0)))) faults",
        measurement.faults.marks.map {
          .init(x: Double($0.moment), y: Double($0.address) / 1_048_576)
        })
    }
    let every = pairs.map(\.measurement.faults.every).max() ?? 1
    return Chart(
      title: "Page faults: when, and where" + (every > 1 ? " (one in \(every) is drawn)" : ""),
      x: "user instructions", y: "address, MiB", style: .dots, series: series
    ).markup
  }

  /// The counts that differ most, as bars.
  var bars: [Markup] {
    let shown: [Figure] = [.handedOut, .peakPages, .tablePages, .zeroedPages, .copiedPages]
    return shown.filter { figure in pairs.contains { figure.value(of: $0.measurement.figures) > 0 } }.map {
      figure in
      Bars(
        title: figure.title,
        bars: pairs.map { label, measurement in
          .init(
            label: label, value: figure.value(of: measurement.figures),
            text: ComparisonText.shown(figure, measurement.figures))
        }
      ).markup
    }
  }

  /// The address space of the largest process of each side, at two moments.
  var maps: [Markup] {
    pairs.flatMap { label, measurement -> [Markup] in
      guard let map = measurement.map else { return [] }
      let size = Decimal1.of(Double(map.sizeBefore) / 1_048_576)
      let before = Self.cells(map, \.before, size: map.sizeBefore)
      let after = Self.cells(map, \.after, size: map.sizeAfter)
      let whose = VisibleText.of("\(label), \(map.program)")
      return [
        AddressMap(title: "\(whose): \(size) MiB, when it became that large", cells: before).markup,
        AddressMap(title: "\(whose): at the end", cells: after).markup,
      ]
    }
  }

  /// What a map shows at the moment when the process had `size` bytes.
  private static func cells(_ map: MemoryMap, _ present: KeyPath<MemoryMap.Cell, Int>, size: UInt64)
    -> [AddressMap.Cell]
  {
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
}

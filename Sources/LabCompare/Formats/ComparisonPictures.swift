import LabMeter
import LabReports
import WebPage

/// The drawings of one workload.
struct ComparisonPictures {
  let comparison: Comparison
  let sides: Sides

  private var pairs: [(label: String, measurement: Measured)] {
    [(sides.a.label, comparison.a), (sides.b.label, comparison.b)]
  }

  private var memory: MemoryPictures { MemoryPictures(pairs.map { ($0.label, $0.measurement) }) }

  /// Resident pages against instructions.
  var residency: Markup { memory.residency }

  /// When page faults happened, and at which address.
  var faults: Markup { memory.faults }

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
  var maps: [Markup] { memory.maps }
}

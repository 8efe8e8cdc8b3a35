import Foundation

/// What the host tells about processes and about itself. The differences between Linux and macOS are in here.
package enum HostUsage {
  /// The processor seconds that this process has taken so far.
  package static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The name of the processor, how many there are, and the system.
  package static var machine: String {
    "\(processor ?? "unknown processor"), \(ProcessInfo.processInfo.activeProcessorCount) of them, \(system)"
  }

  /// How many processes wanted to run in the last minute, on average.
  package static var load: Double {
    var averages = [0.0]
    return getloadavg(&averages, 1) == 1 ? averages[0] : 0
  }

  private static var system: String { ProcessInfo.processInfo.operatingSystemVersionString }

  private static var processor: String? {
    #if canImport(Darwin)
      var size = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0 else { return nil }
      var text = [UInt8](repeating: 0, count: size)
      guard sysctlbyname("machdep.cpu.brand_string", &text, &size, nil, 0) == 0 else { return nil }
      return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
      return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    #endif
  }
}

extension Measurement {
  init(_ usage: rusage) {
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    #if canImport(Darwin)
      let unit: UInt64 = 1
    #else
      let unit: UInt64 = 1024
    #endif
    self.init(
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      peakBytes: UInt64(clamping: usage.ru_maxrss) * unit)
  }
}

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The processor time of processes, in seconds: what they have used, however busy the host is.
package enum ProcessorTime {
  /// The time that this process has used.
  package static var ofThisProcess: Double { seconds(of: CLOCK_PROCESS_CPUTIME_ID) ?? 0 }

  /// The time that the process `pid` has used; nil if there is no such process any more.
  package static func of(_ pid: Int32) -> Double? {
    #if canImport(Darwin)
      var usage = rusage_info_v2()
      let status = withUnsafeMutablePointer(to: &usage) {
        $0.withMemoryRebound(to: rusage_info_t?.self, capacity: 1) {
          proc_pid_rusage(pid, RUSAGE_INFO_V2, $0)
        }
      }
      var scale = mach_timebase_info_data_t()
      guard status == 0, mach_timebase_info(&scale) == KERN_SUCCESS, scale.denom != 0 else { return nil }
      let ticks = Double(usage.ri_user_time) + Double(usage.ri_system_time)
      return ticks * Double(scale.numer) / Double(scale.denom) / 1e9
    #else
      var clock = clockid_t()
      guard clock_getcpuclockid(pid, &clock) == 0 else { return nil }
      return seconds(of: clock)
    #endif
  }

  private static func seconds(of clock: clockid_t) -> Double? {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

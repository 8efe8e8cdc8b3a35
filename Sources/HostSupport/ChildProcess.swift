import Foundation

/// What the host knows of a process that this process started.
package enum ChildProcess {
  /// Whether the child `pid` has ended. Its status is left for the one who waits for it. True, too, if this
  /// process has no such child any more.
  package static func hasEnded(_ pid: pid_t) -> Bool {
    var info = siginfo_t()
    let found = waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT | WNOHANG)
    // Without an end to report, the signal's number stays 0.
    return found != 0 && errno != EINTR || found == 0 && info.si_signo != 0
  }
}

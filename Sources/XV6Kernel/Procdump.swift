extension Kernel {
  /// Prints the process table on the console, for ctrl-p: pid, state, name.
  func procdump() {
    printf("\n")
    for p in procs {
      switch p.state {
      case .unused: continue
      case .used: printf("\(p.pid) ??? \(p.name)\n")
      case .sleeping: printf("\(p.pid) sleep  \(p.name)\n")
      case .runnable: printf("\(p.pid) runble \(p.name)\n")
      case .running: printf("\(p.pid) run    \(p.name)\n")
      case .zombie: printf("\(p.pid) zombie \(p.name)\n")
      }
    }
  }
}

import LabEvents

// Memory quotas, as in mCertiKOS's container layer: who pays for a page, and how much a child gets. They are
// used only if `KernelConfiguration.quota` is set.
//
// The container of the first process has all pages that are free at boot. It gives
// `KernelConfiguration.quota` of them to the command that it starts. Any other process gives half of what it
// has left to each child that it forks, and gets it back when it has waited for the child. Every page that
// `kalloc` hands out for a process is charged: its memory, its page tables, its trapframe, its pipes, the
// arguments of an `exec`. While an `exec` builds the new address space, the old one still exists, and both
// are charged.

extension Kernel {
  /// Makes the first process's container at boot, if the configuration asks for quotas.
  func container_init() {
    guard configuration.quota != nil else { return }
    containers = ContainerTree(quota: freePages, pages: PGROUNDUP(end)..<PHYSTOP)
  }

  /// Gives the new process `p` a part of the running process's quota. Until `container_built`, `p` pays for
  /// the pages that it is built from. True if there are no quotas, and for the first process.
  func container_split(_ p: Proc) -> Bool {
    guard let quota = configuration.quota, let parent = current, let left = containers?[parent.slot]?.left
    else { return true }
    let share = parent === procs[0] ? min(quota, left) : left / 2
    guard containers?.split(parent.slot, quota: share, child: p.slot) == true else { return false }
    containers?.payer = p.slot
    report(.quotaGiven(parent: parent.pid, child: p.pid, pages: share))
    return true
  }

  /// A new process is complete: from now on each process pays for its own pages.
  func container_built() { containers?.payer = nil }

  /// Takes a page, and charges the container that must pay for it. Nil if there is no page, or the quota is
  /// used up.
  func container_alloc() throws(KernelHalt) -> UInt64? {
    guard container_can_consume(), let page = try takePage() else { return nil }
    if let slot = payer { containers?.charge(slot, page: page) }
    return page
  }

  /// Whether the container that must pay may have one more page. The observers are told of a refusal.
  private func container_can_consume() -> Bool {
    guard let slot = payer, let container = containers?[slot], container.left == 0 else { return true }
    refusedPages += 1
    report(
      .quotaRefused(pid: procs[slot].pid, program: current?.name ?? "", quota: container.quota))
    return false
  }

  /// Closes the container of a process that has ended and whose memory is free.
  func container_end(_ p: Proc) {
    guard let parent = containers?[p.slot]?.parent, let pages = containers?.end(p.slot) else { return }
    container_built()
    report(.quotaReturned(child: p.pid, parent: procs[parent].pid, pages: pages))
  }

  /// The slot that pays for the next page; nil if there are no quotas.
  private var payer: Int? {
    guard let containers else { return nil }
    return containers.payer ?? current?.slot ?? 0
  }

  /// Takes a page under the running process's quota, fills it with zeroes, and maps it at the page of `va`
  /// with permissions `perm`. With it a fault is served by one call, as in mCertiKOS. Returns the page's
  /// physical address. Nil if the quota or the memory is used up; then at most page-table pages were taken.
  public func alloc_page(_ pagetable: UInt64, _ va: UInt64, _ perm: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try kalloc() else { return nil }
    try memset(page, 0, PGSIZE)
    if try mappages(pagetable, PGROUNDDOWN(va), PGSIZE, page, perm) { return page }
    try kfree(page)
    return nil
  }
}

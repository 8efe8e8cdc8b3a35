import LabEvents

// Memory quotas, after mCertiKOS's container layer: who pays for a page, and what a child is given. Only where
// `KernelConfiguration.quota` asks for them.
//
// The first process's container has all pages that are free at boot. It gives the command that it starts
// `KernelConfiguration.quota` of them; any other process gives a child that it forks half of what it has left, and has
// it back when it has waited for the child. Charged is every page that `kalloc` hands out for a process: its memory,
// its page tables, its trapframe, its pipes, the arguments of an `exec`. While an `exec` builds the new
// address space, the old one is there too, and both are charged.

extension Kernel {
  /// Opens the first process's container, at boot, where the configuration asks for quotas.
  func container_init() {
    guard configuration.quota != nil else { return }
    containers = ContainerTree(quota: freePages, pages: PGROUNDUP(end)..<PHYSTOP)
  }

  /// Gives the new process `p` a part of the running process's quota, and lets it pay from now on for what it is built
  /// of, until `container_built`. True where there are no quotas, and for the first process.
  func container_split(_ p: Proc) -> Bool {
    guard let quota = configuration.quota, let parent = current, let left = containers?[parent.slot]?.left
    else { return true }
    let share = parent === procs[0] ? min(quota, left) : left / 2
    guard containers?.split(parent.slot, quota: share, child: p.slot) == true else { return false }
    containers?.payer = p.slot
    report(.quotaGiven(parent: parent.pid, child: p.pid, pages: share))
    return true
  }

  /// A new process is complete: from now on everybody pays for what he takes himself.
  func container_built() { containers?.payer = nil }

  /// Takes a page from the container of who is to pay for it; nil where there is none, or its quota is used up.
  func container_alloc() throws(KernelHalt) -> UInt64? {
    guard container_can_consume(), let page = try takePage() else { return nil }
    if let slot = payer { containers?.charge(slot, page: page) }
    return page
  }

  /// Whether who is to pay for a page may have one more; a refusal is told to the observers.
  private func container_can_consume() -> Bool {
    guard let slot = payer, let container = containers?[slot], container.left == 0 else { return true }
    refusedPages += 1
    report(
      .quotaRefused(pid: procs[slot].pid, program: current?.name ?? "", quota: container.quota))
    return false
  }

  /// Closes the container of a process that is gone, with all of its memory freed.
  func container_end(_ p: Proc) {
    guard let parent = containers?[p.slot]?.parent, let pages = containers?.end(p.slot) else { return }
    container_built()
    report(.quotaReturned(child: p.pid, parent: procs[parent].pid, pages: pages))
  }

  /// The slot that pays for a page that is taken now; nil where there are no quotas.
  private var payer: Int? {
    guard let containers else { return nil }
    return containers.payer ?? current?.slot ?? 0
  }

  /// Takes a page under the running process's quota, fills it with zeroes, and maps it at the page of `va` with
  /// permissions `perm`: how a fault is served in one call, as in mCertiKOS. Answers the page's physical address;
  /// nil, with nothing taken but page-table pages, where the quota or the memory is used up.
  public func alloc_page(_ pagetable: UInt64, _ va: UInt64, _ perm: UInt64) throws(KernelHalt) -> UInt64? {
    guard let page = try kalloc() else { return nil }
    try memset(page, 0, PGSIZE)
    if try mappages(pagetable, PGROUNDDOWN(va), PGSIZE, page, perm) { return page }
    try kfree(page)
    return nil
  }
}

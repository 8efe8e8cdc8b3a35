import RV64
import Sv39MMU
import Testing

/// Physical memory protection of the page tables themselves.
@Suite struct InstructionProtectionTests {
  /// The root table may be read, the table that its entry names may not. A good pointer is followed into an
  /// access fault; one that is no good is a page fault, and the table behind it is never asked for. Found by
  /// running random address spaces on this hart and on QEMU.
  @Test(
    arguments: [
      (PTE.Flags.v, 5), ([.v, .d], 13), ([.v, .a], 13), ([.v, .u], 13), ([.v, .w], 13), ([], 13),
      ([.v, .g], 5),
    ] as [(PTE.Flags, UInt64)])
  func tableBehindABadPointerIsNotRead(flags: PTE.Flags, cause: UInt64) throws {
    var bench = try PrivilegedBench()
    let root = InstructionBench.ram + 0x4000
    let next = InstructionBench.ram + 0x5000
    // Read and write for the page of the root, nothing for the next table's, everything for all else.
    let entries: [(register: CSR, address: UInt64, configuration: UInt64)] = [
      (.pmpaddr0, root >> 2 | 0x1ff, 0x1b), (.pmpaddr1, next >> 2 | 0x1ff, 0x18), (.pmpaddr2, ~0 >> 10, 0x1f),
    ]
    var configurations: UInt64 = 0
    for (n, entry) in entries.enumerated() {
      bench.bench.hart.writeCSR(entry.register, entry.address)
      configurations |= entry.configuration << UInt64(8 * n)
    }
    bench.bench.hart.writeCSR(.pmpcfg0, configurations)
    bench.bench.memory.store64(root, PTE(pa: next, flags: flags).rawValue)
    bench.bench.hart.writeCSR(.satp, 8 << 60 | root >> 12)
    bench.bench.hart.setRegister(6, 0x123)
    // MPRV: the load has the privilege in MPP, which `mret` leaves at U.
    let outcome = bench.attempt(
      InstructionListing.encode("lbu", rd: 5, rs1: 6), in: .machine, status: 1 << 17)
    #expect(outcome == .trap(cause: cause, value: 0x123))
  }
}

import Sv39MMU

// A second version of the walk, for the tests: the numbered steps of the privileged specification's "Virtual
// Address Translation Process", one after the other, over a dictionary of doublewords. It is simple on
// purpose, and shares only the names of the arguments with Sources/Sv39MMU.

/// Doublewords by physical address; those never written are zero.
struct PlainMemory: Equatable {
  let ram: Range<UInt64>
  var words: [UInt64: UInt64] = [:]
}

enum PlainOutcome: Equatable {
  case translated(UInt64)
  case pageFault
  case accessFault
}

/// Bits `high` to `low` of `value`.
private func bits(_ value: UInt64, _ high: Int, _ low: Int) -> UInt64 {
  var result: UInt64 = 0
  for i in low...high where (value >> UInt64(i)) % 2 == 1 { result += 1 << UInt64(i - low) }
  return result
}

func specificationWalk(
  _ memory: inout PlainMemory, satpPPN: UInt64, va: UInt64, access: Access, mode: PrivilegeMode, sum: Bool,
  mxr: Bool, hardwareUpdates: Bool
) -> PlainOutcome {
  // "Instruction fetch addresses and load and store effective addresses, which are 64 bits, must have bits
  // 63-39 all equal to bit 38, or else a page-fault exception will occur."
  let top = bits(va, 63, 38)
  if top != 0 && top != 0x3ff_ffff { return .pageFault }

  let vpn = [bits(va, 20, 12), bits(va, 29, 21), bits(va, 38, 30)]
  // 1. Let a be satp.ppn x PAGESIZE, and let i = LEVELS - 1.
  var a = satpPPN * 4096
  var i = 2
  while true {
    // 2. Let pte be the value of the PTE at address a + va.vpn[i] x PTESIZE. If accessing pte violates a PMA
    //    or PMP check, raise an access-fault exception.
    let address = a + vpn[i] * 8
    if !(memory.ram.contains(address) && memory.ram.contains(address + 7)) { return .accessFault }
    let pte = memory.words[address] ?? 0
    let v = bits(pte, 0, 0) == 1
    let r = bits(pte, 1, 1) == 1
    let w = bits(pte, 2, 2) == 1
    let x = bits(pte, 3, 3) == 1
    let u = bits(pte, 4, 4) == 1
    let accessed = bits(pte, 6, 6) == 1
    let dirty = bits(pte, 7, 7) == 1
    // 3. If pte.v = 0, or if pte.r = 0 and pte.w = 1, or if any bits or encodings that are reserved for
    //    future standard use are set within pte, stop and raise a page-fault exception.
    if !v { return .pageFault }
    if !r && w { return .pageFault }
    if bits(pte, 60, 54) != 0 { return .pageFault }
    // "If Svpbmt is not implemented, bits 62-61 remain reserved ... If Svnapot is not implemented, bit 63
    // remains reserved."
    if bits(pte, 62, 61) != 0 { return .pageFault }
    if bits(pte, 63, 63) != 0 { return .pageFault }
    // "For non-leaf PTEs, the D, A, and U bits are reserved for future standard use."
    if !r && !w && !x && (dirty || accessed || u) { return .pageFault }
    // 4. Otherwise, the PTE is valid. If pte.r = 1 or pte.x = 1, go to step 5. Otherwise, this PTE is a
    //    pointer to the next level of the page table. Let i = i - 1. If i < 0, stop and raise a page-fault
    //    exception. Otherwise, let a = pte.ppn x PAGESIZE and go to step 2.
    if !r && !x {
      i -= 1
      if i < 0 { return .pageFault }
      a = bits(pte, 53, 10) * 4096
      continue
    }
    // 5. If i > 0 and pte.ppn[i-1:0] != 0, this is a misaligned superpage; stop and raise a page-fault
    //    exception.
    let ppn = [bits(pte, 18, 10), bits(pte, 27, 19), bits(pte, 53, 28)]
    for lower in 0..<i where ppn[lower] != 0 { return .pageFault }
    // 6. Determine if the requested memory access is allowed by the pte.u bit, given the current privilege
    //    mode and the value of the SUM and MXR fields.
    switch mode {
    case .user: if !u { return .pageFault }
    case .supervisor, .machine:
      // "SUM ... irrespective of SUM, the supervisor may not execute code on pages with U=1."
      if u && access == .fetch { return .pageFault }
      if u && !sum { return .pageFault }
    }
    // 7. Determine if the requested memory access is allowed by the pte.r, pte.w, and pte.x bits, given the
    //    access type and MXR.
    if access == .fetch && !x { return .pageFault }
    if access == .store && !w { return .pageFault }
    if access == .load && !r && !(mxr && x) { return .pageFault }
    // 9. If pte.a = 0, or if the original memory access is a store and pte.d = 0: ... set pte.a to 1 and, if
    //    the original memory access is a store, also set pte.d to 1.
    if hardwareUpdates {
      var updated = pte
      if !accessed { updated += 1 << 6 }
      if access == .store && !dirty { updated += 1 << 7 }
      if updated != pte { memory.words[address] = updated }
    }
    // 10. The translation is successful. pa.pgoff = va.pgoff. If i > 0, pa.ppn[i-1:0] = va.vpn[i-1:0].
    //     pa.ppn[LEVELS-1:i] = pte.ppn[LEVELS-1:i].
    var pa = bits(va, 11, 0)
    for level in 0...2 { pa += (level < i ? vpn[level] : ppn[level]) << UInt64(12 + 9 * level) }
    return .translated(pa)
  }
}

import Sv39MMU
import Testing

@Suite struct PTETests {
  /// Every bit belongs to exactly one field, at the right place.
  @Test func everyBitHasItsField() {
    for bit in 0..<64 as Range<UInt64> { hasItsField(bit: bit) }
  }

  private func hasItsField(bit: UInt64) {
    let pte = PTE(rawValue: 1 << bit)
    let fields: [UInt64] = [
      pte.v ? 1 << 0 : 0, pte.r ? 1 << 1 : 0, pte.w ? 1 << 2 : 0, pte.x ? 1 << 3 : 0, pte.u ? 1 << 4 : 0,
      pte.g ? 1 << 5 : 0, pte.a ? 1 << 6 : 0, pte.d ? 1 << 7 : 0, pte.rsw << 8, pte.ppn << 10,
      pte.reserved << 54, pte.pbmt << 61, pte.n ? 1 << 63 : 0,
    ]
    #expect(fields.filter { $0 != 0 } == [1 << bit], "bit \(bit)")
    #expect(pte.ppn(0) << 10 | pte.ppn(1) << 19 | pte.ppn(2) << 28 == pte.ppn << 10, "bit \(bit)")
    #expect(pte.pa == pte.ppn * 4096, "bit \(bit)")
    #expect(pte.flags.rawValue == (bit < 10 ? 1 << bit : 0), "bit \(bit)")
  }

  @Test func partsOfThePageNumber() {
    let pte = PTE(rawValue: 0x155 << 10 | 0x0aa << 19 | 0x2ab_cdef << 28)
    #expect(pte.ppn(0) == 0x155)
    #expect(pte.ppn(1) == 0x0aa)
    #expect(pte.ppn(2) == 0x2ab_cdef)
  }

  @Test func madeFromAPageAndFlags() {
    let pte = PTE(pa: 0x8765_4321, flags: [.v, .r, .w, .u])
    #expect(pte.rawValue == 0x87654 << 10 | 0b1_0111)
    #expect(pte.pa == 0x8765_4000)
    #expect(pte.flags == [.v, .r, .w, .u])
    #expect(PTE(pa: ~0, flags: PTE.Flags(rawValue: ~0)).rawValue == 1 << 54 - 1, "no bit beyond the fields")
  }

  @Test func flagsChangeAlone() {
    var pte = PTE(rawValue: 0xffff_ffff_ffff_fc00)
    pte.flags = [.v, .x]
    #expect(pte.rawValue == 0xffff_ffff_ffff_fc09)
    pte.flags = PTE.Flags(rawValue: ~0)
    #expect(pte.rawValue == ~0)
    pte.flags = []
    #expect(pte.rawValue == 0xffff_ffff_ffff_fc00)
  }

  @Test(arguments: 0..<16 as Range<UInt64>)
  func leafOrPointer(vrwx: UInt64) {
    let pte = PTE(rawValue: vrwx)
    #expect(pte.isLeaf == (vrwx & 1 == 1 && vrwx > 1))
    #expect(pte.isPointer == (vrwx == 1))
  }

  @Test func text() {
    #expect(PTE.Flags([.v, .r, .w, .u, .a, .d]).description == "VRW-U-AD")
    #expect(PTE.Flags([.x, .g]).description == "---X-G--")
    #expect(PTE.Flags(rawValue: 0x3ff).description == "VRWXUGAD rsw=3")
    #expect(PTE(pa: 0x8765_4000, flags: [.v, .r]).description == "0x87654000 VR------")
    #expect(PTE(rawValue: ~0 << 54 | 1).description == "0x0 V------- n=1 pbmt=3 reserved=0x7f")
  }
}

@Suite struct Sv39AddressTests {
  @Test(
    arguments: [
      (0, 0, 0), (1, 0, 4096), (4095, 0, 4096), (4096, 4096, 4096), (4097, 4096, 8192),
      (1 << 38 - 1, 1 << 38 - 4096, 1 << 38), (~0 - 4095, ~0 - 4095, ~0 - 4095), (~0, ~0 - 4095, 0),
    ] as [(UInt64, UInt64, UInt64)])
  func rounding(address: UInt64, down: UInt64, up: UInt64) {
    #expect(PGROUNDDOWN(address) == down)
    #expect(PGROUNDUP(address) == up)
  }

  @Test func indices() {
    let va: UInt64 = 0x1ab << 30 | 0x0cd << 21 | 0x1ef << 12 | 0xfff
    #expect([PX(2, va), PX(1, va), PX(0, va)] == [0x1ab, 0x0cd, 0x1ef])
    #expect([PX(2, ~0), PX(1, ~0), PX(0, ~0)] == [511, 511, 511])
  }

  @Test func sizes() {
    #expect((0..<3).map(Sv39.span) == [4096, 2 << 20, 1 << 30])
    #expect(MAXVA == 256 << 30)
    #expect(Sv39.isCanonical(MAXVA - 1))
    #expect(!Sv39.isCanonical(MAXVA))
    #expect(Sv39.isCanonical(~0 << 38))
    #expect(!Sv39.isCanonical(~0 << 38 - 1))
  }
}

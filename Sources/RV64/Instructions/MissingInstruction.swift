/// An instruction that this hart does not have, by what people call it.
package struct MissingInstruction: Equatable, Sendable {
  /// What it belongs to.
  package enum Kind: Equatable, Sendable {
    /// F, D and Q. xv6 leaves floating point off (`mstatus.FS` is zero), so they are illegal on any machine.
    case floatingPoint
    /// V.
    case vector
  }

  package let kind: Kind
  /// The mnemonic, if it is one of the few that have one here.
  package let mnemonic: String?

  /// The instruction of F, D, Q or V with these bits (of a compressed one, the low 16); nil if it is another.
  package init?(_ bits: UInt32) {
    guard let (kind, mnemonic) = bits & 3 == 3 ? Self.whole(bits) : Self.compressed(bits) else { return nil }
    (self.kind, self.mnemonic) = (kind, mnemonic)
  }

  /// By the major opcode (unprivileged specification, "RV32/64G Instruction Set Listings" and "V").
  private static func whole(_ word: UInt32) -> (Kind, String?)? {
    let width = Int(word >> 12 & 7)
    let loads = [1: "flh", 2: "flw", 3: "fld", 4: "flq"]
    let stores = [1: "fsh", 2: "fsw", 3: "fsd", 4: "fsq"]
    switch word & 0x7F {
    case 0x07: return loads[width].map { (.floatingPoint, $0) } ?? (.vector, nil)
    case 0x27: return stores[width].map { (.floatingPoint, $0) } ?? (.vector, nil)
    case 0x43: return (.floatingPoint, "fmadd")
    case 0x47: return (.floatingPoint, "fmsub")
    case 0x4B: return (.floatingPoint, "fnmsub")
    case 0x4F: return (.floatingPoint, "fnmadd")
    case 0x53: return (.floatingPoint, nil)
    case 0x57:
      guard width == 7 else { return (.vector, nil) }
      return (.vector, word >> 31 == 0 ? "vsetvli" : word >> 30 == 3 ? "vsetivli" : "vsetvl")
    case 0x73 where width != 0 && width != 4:
      switch word >> 20 {
      case 0x001...0x003: return (.floatingPoint, "csr access to fcsr")
      case 0x008...0x00A, 0x00F, 0xC20...0xC22: return (.vector, "csr access to a vector register")
      default: return nil
      }
    default: return nil
    }
  }

  private static func compressed(_ bits: UInt32) -> (Kind, String?)? {
    switch bits & 0xE003 {
    case 0x2000: (.floatingPoint, "c.fld")
    case 0xA000: (.floatingPoint, "c.fsd")
    case 0x2002: (.floatingPoint, "c.fldsp")
    case 0xA002: (.floatingPoint, "c.fsdsp")
    default: nil
    }
  }
}

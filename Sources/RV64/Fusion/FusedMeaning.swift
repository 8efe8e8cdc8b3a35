/// What an instruction computes that is part of a fusion.
protocol Computation {
  /// What it leaves in rd, where rs1 holds `a`, from the operands at `at` in a block that starts in `page`.
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64
}

/// When a branch is taken that is part of a fusion; rs1 holds `a`, rs2 `b`.
protocol Decision {
  static func isTaken(_ a: UInt64, _ b: UInt64) -> Bool
}

/// What a load finds that is part of a fusion.
protocol Load {
  /// Bytes, less one.
  static var mask: UInt64 { get }
  static func value(_ host: UnsafeMutableRawPointer) -> UInt64
}

enum Add: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a &+ x[at.rs2]
  }
}

enum Addi: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a &+ at.constant
  }
}

enum Addiw: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: a &+ at.constant)))
  }
}

enum And: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a & x[at.rs2]
  }
}

enum Andi: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a & at.constant
  }
}

enum Sub: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a &- x[at.rs2]
  }
}

enum Sltiu: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a < at.constant ? 1 : 0
  }
}

enum Xor: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a ^ x[at.rs2]
  }
}

enum Mul: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a &* x[at.rs2]
  }
}

enum Slli: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a &<< at.constant
  }
}

enum Srl: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a &>> x[at.rs2]
  }
}

enum Srli: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    a &>> at.constant
  }
}

enum Srliw: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    UInt64(
      bitPattern: Int64(Int32(truncatingIfNeeded: UInt64(UInt32(truncatingIfNeeded: a)) &>> at.constant)))
  }
}

enum Srai: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(bitPattern: a) &>> Int64(bitPattern: at.constant))
  }
}

enum Auipc: Computation {
  @_transparent
  static func result(_ a: UInt64, _ at: Fusion.At, _ x: Fusion.Registers, _ page: UInt64) -> UInt64 {
    page &+ at.constant
  }
}

enum Beq: Decision {
  @_transparent static func isTaken(_ a: UInt64, _ b: UInt64) -> Bool { a == b }
}

enum Bne: Decision {
  @_transparent static func isTaken(_ a: UInt64, _ b: UInt64) -> Bool { a != b }
}

enum Blt: Decision {
  @_transparent static func isTaken(_ a: UInt64, _ b: UInt64) -> Bool {
    Int64(bitPattern: a) < Int64(bitPattern: b)
  }
}

enum Bge: Decision {
  @_transparent static func isTaken(_ a: UInt64, _ b: UInt64) -> Bool {
    Int64(bitPattern: a) >= Int64(bitPattern: b)
  }
}

enum Bgeu: Decision {
  @_transparent static func isTaken(_ a: UInt64, _ b: UInt64) -> Bool { a >= b }
}

enum Ld: Load {
  @_transparent static var mask: UInt64 { 7 }
  @_transparent static func value(_ host: UnsafeMutableRawPointer) -> UInt64 { host.load(as: UInt64.self) }
}

enum Lw: Load {
  @_transparent static var mask: UInt64 { 3 }
  @_transparent static func value(_ host: UnsafeMutableRawPointer) -> UInt64 {
    UInt64(bitPattern: Int64(host.load(as: Int32.self)))
  }
}

/// The operations of the M extension that take more than one host operation, on the contents of registers.
///
/// Division never traps. Division by zero gives a quotient of all ones, and the dividend as remainder. The
/// most negative number divided by -1 gives itself, with remainder zero (unprivileged specification,
/// "Semantics for division by zero and division overflow").
enum Arithmetic {
  @inline(__always) static func mulh(_ a: UInt64, _ b: UInt64) -> UInt64 {
    unsigned(signed(a).multipliedFullWidth(by: signed(b)).high)
  }

  @inline(__always) static func mulhu(_ a: UInt64, _ b: UInt64) -> UInt64 {
    a.multipliedFullWidth(by: b).high
  }

  /// Signed `a` times unsigned `b`. A negative `a`, read as an unsigned number, is 2^64 too large, so the
  /// upper half is too large by `b`.
  @inline(__always) static func mulhsu(_ a: UInt64, _ b: UInt64) -> UInt64 {
    mulhu(a, b) &- (signed(a) < 0 ? b : 0)
  }

  @inline(__always) static func div(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0 ? .max : unsigned(signed(a).dividedReportingOverflow(by: signed(b)).partialValue)
  }

  @inline(__always) static func divu(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0 ? .max : a.dividedReportingOverflow(by: b).partialValue
  }

  @inline(__always) static func rem(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0 ? a : unsigned(signed(a).remainderReportingOverflow(dividingBy: signed(b)).partialValue)
  }

  @inline(__always) static func remu(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0 ? a : a.remainderReportingOverflow(dividingBy: b).partialValue
  }

  // On words: the operands are the low halves of the registers, the result is sign-extended.

  @inline(__always) static func divw(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let divisor = Int32(truncatingIfNeeded: b)
    return divisor == 0
      ? .max : extended(Int32(truncatingIfNeeded: a).dividedReportingOverflow(by: divisor).partialValue)
  }

  @inline(__always) static func divuw(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let divisor = UInt32(truncatingIfNeeded: b)
    guard divisor != 0 else { return .max }
    return extended(
      Int32(bitPattern: UInt32(truncatingIfNeeded: a).dividedReportingOverflow(by: divisor).partialValue))
  }

  @inline(__always) static func remw(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let divisor = Int32(truncatingIfNeeded: b)
    let dividend = Int32(truncatingIfNeeded: a)
    return extended(
      divisor == 0 ? dividend : dividend.remainderReportingOverflow(dividingBy: divisor).partialValue)
  }

  @inline(__always) static func remuw(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let divisor = UInt32(truncatingIfNeeded: b)
    let dividend = UInt32(truncatingIfNeeded: a)
    let result =
      divisor == 0 ? dividend : dividend.remainderReportingOverflow(dividingBy: divisor).partialValue
    return extended(Int32(bitPattern: result))
  }

  @inline(__always) private static func extended(_ word: Int32) -> UInt64 { UInt64(bitPattern: Int64(word)) }
}

// The words in which meanings are stated (`Meaning.swift`). They are transparent, because the inliner gives
// up in a function as large as the hot loop.

/// The number with a sign that a register holds.
@_transparent func signed(_ value: UInt64) -> Int64 { Int64(bitPattern: value) }

/// The register that holds a number with a sign.
@_transparent func unsigned(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }

/// The low word, sign-extended.
@_transparent func word(_ value: UInt64) -> UInt64 {
  UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
}

/// The low bits, sign-extended from the width of `T`.
@_transparent func signExtended<T: FixedWidthInteger & SignedInteger>(_: T.Type, _ value: UInt64) -> UInt64 {
  UInt64(truncatingIfNeeded: T(truncatingIfNeeded: value))
}

/// The low word, extended by zeros.
@_transparent func unsignedWord(_ value: UInt64) -> UInt64 { UInt64(UInt32(truncatingIfNeeded: value)) }

/// Of two numbers with a sign, the smaller and the larger one.
@_transparent func smaller(_ a: UInt64, _ b: UInt64) -> UInt64 { signed(a) < signed(b) ? a : b }
@_transparent func larger(_ a: UInt64, _ b: UInt64) -> UInt64 { signed(a) < signed(b) ? b : a }

/// Of two numbers without a sign, the smaller and the larger one.
@_transparent func lower(_ a: UInt64, _ b: UInt64) -> UInt64 { a < b ? a : b }
@_transparent func upper(_ a: UInt64, _ b: UInt64) -> UInt64 { a < b ? b : a }

/// The M extension's operations that are more than one host operation, on register contents.
///
/// Division never traps: by zero the quotient is all ones and the remainder the dividend; the most negative number by -1
/// gives itself, remainder zero (unprivileged specification, "Semantics for division by zero and division overflow").
enum Arithmetic {
  @inline(__always) static func mulh(_ a: UInt64, _ b: UInt64) -> UInt64 {
    UInt64(bitPattern: Int64(bitPattern: a).multipliedFullWidth(by: Int64(bitPattern: b)).high)
  }

  @inline(__always) static func mulhu(_ a: UInt64, _ b: UInt64) -> UInt64 {
    a.multipliedFullWidth(by: b).high
  }

  /// Signed `a` times unsigned `b`. As an unsigned number a negative `a` is 2^64 too large, so `b` too much is in the upper half.
  @inline(__always) static func mulhsu(_ a: UInt64, _ b: UInt64) -> UInt64 {
    mulhu(a, b) &- (Int64(bitPattern: a) < 0 ? b : 0)
  }

  @inline(__always) static func div(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0
      ? .max
      : UInt64(
        bitPattern: Int64(bitPattern: a).dividedReportingOverflow(by: Int64(bitPattern: b)).partialValue)
  }

  @inline(__always) static func divu(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0 ? .max : a.dividedReportingOverflow(by: b).partialValue
  }

  @inline(__always) static func rem(_ a: UInt64, _ b: UInt64) -> UInt64 {
    b == 0
      ? a
      : UInt64(
        bitPattern: Int64(bitPattern: a).remainderReportingOverflow(dividingBy: Int64(bitPattern: b))
          .partialValue)
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

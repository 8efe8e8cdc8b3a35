// The form of numbers in all reports.

/// `1234567` as `1,234,567`, the same in every locale.
package func grouped(_ number: UInt64) -> String {
  let digits = String(number)
  var result = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return result
}

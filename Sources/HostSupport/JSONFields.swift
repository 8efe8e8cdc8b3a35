import Foundation

/// An error in a JSON document, and its place:
/// `groups[0].tests[3].points: expected a whole number, found "x"`.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  /// The path of the field from the document's root; empty for the document itself.
  package var path: String
  package var reason: String

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// Reads one JSON object, field by field. A field that is not read is an error.
///
/// `Codable` would ignore a misspelt field silently, and a lab's author would search for the mistake for an
/// hour.
package struct JSONFields {
  package let path: String
  private var fields: [String: Any]

  /// Reads a document whose root is an object.
  package init(document bytes: [UInt8]) throws(JSONError) {
    let root: Any
    do {
      root = try JSONSerialization.jsonObject(with: Data(bytes))
    } catch {
      let detail = (error as NSError).userInfo["NSDebugDescription"] as? String
      throw JSONError(path: "", reason: "not JSON: " + (detail ?? error.localizedDescription))
    }
    try self.init(root, path: "")
  }

  private init(_ value: Any, path: String) throws(JSONError) {
    guard let fields = value as? [String: Any] else {
      throw JSONError(path: path, reason: "expected an object, found \(Self.show(value))")
    }
    self.path = path
    self.fields = fields
  }

  /// A string without control characters (it will be shown on a terminal).
  package mutating func string(_ name: String) throws(JSONError) -> String {
    try Self.string(take(name), path: at(name))
  }

  /// A string that must be one of the raw values of `type`.
  package mutating func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Word.Type
  ) throws(JSONError) -> Word where Word.RawValue == String {
    let text = try string(name)
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw JSONError(path: at(name), reason: "expected one of \(words), found \"\(text)\"")
    }
    return word
  }

  /// A whole number in `range`.
  package mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(JSONError) -> Int {
    let value = try take(name)
    guard let number = value as? NSNumber, !(value is Bool && !Self.isNumber(number)),
      let integer = Int(exactly: number.doubleValue)
    else {
      throw JSONError(path: at(name), reason: "expected a whole number, found \(Self.show(value))")
    }
    guard range.contains(integer) else {
      throw JSONError(
        path: at(name),
        reason: "\(integer) is out of range: \(range.lowerBound) to \(range.upperBound) is allowed")
    }
    return integer
  }

  /// A list of strings: at least one, or as many as `count` says (0 or 1).
  package mutating func strings(_ name: String, atLeast count: Int = 1) throws(JSONError) -> [String] {
    var strings: [String] = []
    for (index, value) in try array(name).enumerated() {
      strings.append(try Self.string(value, path: "\(at(name))[\(index)]"))
    }
    guard strings.count >= count else { throw JSONError(path: at(name), reason: "the list is empty") }
    return strings
  }

  /// An object. `body` reads it and must read all of its fields.
  package mutating func object<Result>(
    _ name: String, _ body: (inout JSONFields) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    try Self.read(take(name), path: at(name), body)
  }

  /// A list of objects. `body` reads each of them and must read all of its fields.
  package mutating func objects<Result>(
    _ name: String, _ body: (inout JSONFields) throws(JSONError) -> Result
  ) throws(JSONError) -> [Result] {
    var results: [Result] = []
    for (index, value) in try array(name).enumerated() {
      results.append(try Self.read(value, path: "\(at(name))[\(index)]", body))
    }
    return results
  }

  /// Ends the object. A field that has not been read is an error.
  package func end() throws(JSONError) {
    if let unknown = fields.keys.min() { throw JSONError(path: at(unknown), reason: "unknown field") }
  }

  private static func read<Result>(
    _ value: Any, path: String, _ body: (inout JSONFields) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    var fields = try JSONFields(value, path: path)
    let result = try body(&fields)
    try fields.end()
    return result
  }

  private mutating func array(_ name: String) throws(JSONError) -> [Any] {
    let value = try take(name)
    guard let array = value as? [Any] else {
      throw JSONError(path: at(name), reason: "expected a list, found \(Self.show(value))")
    }
    return array
  }

  private mutating func take(_ name: String) throws(JSONError) -> Any {
    guard let value = fields.removeValue(forKey: name) else {
      throw JSONError(path: at(name), reason: "missing")
    }
    return value
  }

  private func at(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  private static func string(_ value: Any, path: String) throws(JSONError) -> String {
    guard let string = value as? String else {
      throw JSONError(path: path, reason: "expected a string, found \(show(value))")
    }
    guard VisibleText.isPlain(string), !string.contains("\t") else {
      throw JSONError(path: path, reason: "the string has a control character")
    }
    return string
  }

  /// JSON's `true` is an `NSNumber` too. Only its type encoding distinguishes it from 1.
  private static func isNumber(_ number: NSNumber) -> Bool {
    number.objCType.pointee != CChar(UInt8(ascii: "c")) && number.objCType.pointee != CChar(UInt8(ascii: "B"))
  }

  private static func show(_ value: Any) -> String {
    switch value {
    case let string as String: "\"\(string)\""
    case is [Any]: "a list"
    case is [String: Any]: "an object"
    case is NSNull: "null"
    case let number as NSNumber where !isNumber(number): number.boolValue ? "true" : "false"
    default: "\(value)"
    }
  }
}

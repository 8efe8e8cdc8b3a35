import Foundation

/// JSON in the form of all our files: sorted keys and one field a line, so that `diff` can compare two runs.
package enum JSONText {
  /// `value` as JSON, without a newline at the end. Every number in it must be finite.
  package static func of(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Finite numbers, strings and arrays of them can always be encoded.
    let data = (try? encoder.encode(value)) ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// The error of a decoder in a few words.
  package static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return error.localizedDescription }
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
      return path.isEmpty ? "" : " at \(path.drop { $0 == "." })"
    }
    return switch error {
    case .keyNotFound(let key, let context): "no \"\(key.stringValue)\"\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context): "wrong type\(place(context))"
    case .dataCorrupted(let context): "not JSON\(place(context))"
    @unknown default: "not readable"
    }
  }
}

extension DWARF {
  /// The shapes that a unit's entries have (section 7.5.3).
  struct AbbreviationTable: Sendable {
    /// More attributes than any compiler gives an entry. Some forms take no bytes: without this limit, one
    /// byte of `.debug_info` could cost any amount of time.
    static let maxAttributes = 64

    struct Abbreviation: Sendable {
      var code: UInt64
      var tag: Tag
      var hasChildren: Bool
      /// The abbreviation's part of ``AbbreviationTable/attributes``.
      var attributes: Range<Int>
    }

    struct AttributeShape: Sendable {
      var attribute: Attribute
      var form: Form
      /// The value of ``Form/implicitConstant``.
      var constant: Int64
    }

    private var abbreviations: [Abbreviation] = []
    private(set) var attributes: [AttributeShape] = []
    /// The index of each code whose index is not the code minus 1.
    private var indices: [UInt64: Int] = [:]

    /// Reads the table from the cursor on, to the table's end.
    init(_ cursor: inout Cursor) throws(DWARFError) {
      while true {
        let code = try cursor.uleb()
        if code == 0 { return }
        let tag = Tag(code: try cursor.uleb())
        let hasChildren = try cursor.u8() != 0
        let first = attributes.count
        while let shape = try Self.attribute(&cursor) {
          guard attributes.count - first < Self.maxAttributes else {
            throw cursor.error(.tooManyAttributes(limit: Self.maxAttributes))
          }
          attributes.append(shape)
        }
        if code != UInt64(abbreviations.count) + 1 { indices[code] = abbreviations.count }
        abbreviations.append(
          Abbreviation(code: code, tag: tag, hasChildren: hasChildren, attributes: first..<attributes.count))
      }
    }

    /// The next attribute of an abbreviation, or nil at the end of its list.
    private static func attribute(_ cursor: inout Cursor) throws(DWARFError) -> AttributeShape? {
      let start = cursor.offset
      let attribute = try cursor.uleb()
      let code = try cursor.uleb()
      if attribute == 0 && code == 0 { return nil }
      guard let form = Form(rawValue: code) else { throw cursor.error(.unknownForm(code), at: start) }
      let constant = form == .implicitConstant ? try cursor.sleb() : 0
      return AttributeShape(attribute: Attribute(code: attribute), form: form, constant: constant)
    }

    subscript(code: UInt64) -> Abbreviation? {
      if code &- 1 < UInt64(abbreviations.count) {
        let abbreviation = abbreviations[Int(code &- 1)]
        if abbreviation.code == code { return abbreviation }
      }
      return indices[code].map { abbreviations[$0] }
    }
  }
}

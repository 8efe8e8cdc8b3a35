import Testing

@testable import ObjectFile

/// Types that our own programs do not have.
@Suite struct DWARFTypeTests {
  /// The abbreviations for the entries of a unit of version 4.
  private static let table = DWARFBytes.abbreviations(
    (1, 0x11, true, []),
    (2, 0x24, false, [[0x03, 0x08], [0x0b, 0x0b], [0x3e, 0x0b]]),  // base: name, size, encoding
    (3, 0x13, true, [[0x03, 0x08], [0x0b, 0x0b]]),  // struct: name, size
    (4, 0x0d, false, [[0x03, 0x08], [0x49, 0x13], [0x38, 0x0b]]),  // member: name, type, offset
    (5, 0x0d, false, [[0x03, 0x08], [0x49, 0x13], [0x0d, 0x0b], [0x6b, 0x0b]]),  // bits from the start
    (
      6, 0x0d, false,
      [[0x03, 0x08], [0x49, 0x13], [0x0b, 0x0b], [0x0d, 0x0b], [0x0c, 0x0b], [0x38, 0x0a]]
    ),
    (7, 0x0f, false, [[0x49, 0x13]]),  // pointer without a size
    (8, 0x0f, false, []),  // void *
    (9, 0x01, true, [[0x49, 0x13]]),  // array
    (10, 0x21, false, [[0x2f, 0x0d]]),  // upper bound
    (11, 0x21, false, [[0x37, 0x0b]]),  // count
    (12, 0x21, false, []),
    (13, 0x26, false, [[0x49, 0x13]]),  // const
    (14, 0x35, false, [[0x49, 0x13]]),  // volatile
    (15, 0x15, false, [[0x49, 0x13]]),  // function
    (16, 0x16, false, [[0x03, 0x08], [0x49, 0x13]]),  // typedef
    (17, 0x13, false, [[0x03, 0x08], [0x3c, 0x19]]),  // declaration
    (18, 0x17, true, [[0x0b, 0x0b]]),  // union without a name
    (19, 0x0d, false, [[0x49, 0x13], [0x38, 0x0b]]),  // member without a name
    (20, 0x04, true, [[0x03, 0x08], [0x0b, 0x0b]]),  // enum
    (21, 0x28, false, [[0x03, 0x08], [0x1c, 0x0d]]),  // enumerator
    (22, 0x37, false, [[0x49, 0x13]]),  // restrict
    (23, 0x47, false, [[0x49, 0x13]]))  // atomic

  /// Builds a unit. An entry refers to another one by the value of `here` before it was added, which counts
  /// from the unit's beginning.
  private struct Entries {
    var bytes = DWARFBytes()
    var here: UInt64 { UInt64(11 + bytes.bytes.count) }

    mutating func add(_ code: UInt64, _ name: String? = nil, type: UInt64? = nil, _ values: UInt8...)
      -> UInt64
    {
      let offset = here
      bytes.uleb(code)
      if let name { bytes.text(name) }
      if let type { bytes.u32(type) }
      bytes.bytes += values
      return offset
    }

    func info() throws -> DebugInfo {
      let unit = DWARFBytes.unit(version: 4) { $0.bytes += bytes.bytes + [0] }
      return try DebugInfo(DWARF.Sections([.info: unit, .abbreviations: DWARFTypeTests.table]))
    }
  }

  @Test func bitFields() throws {
    var entries = Entries()
    _ = entries.add(1)
    let uint = entries.add(2, "unsigned int", 4, 7)
    _ = entries.add(3, "flags", 8)
    _ = entries.add(5, "a", type: uint, 3, 0)
    _ = entries.add(5, "b", type: uint, 7, 3)
    _ = entries.add(5, "c", type: uint, 2, 37)
    // The same three fields as version 2 writes them: storage of 4 bytes, counted from its top, at
    // DW_OP_plus_uconst.
    _ = entries.add(6, "a2", type: uint, 4, 3, 29, 2, 0x23, 0)
    _ = entries.add(6, "b2", type: uint, 4, 7, 22, 2, 0x23, 0)
    _ = entries.add(6, "c2", type: uint, 4, 2, 25, 2, 0x23, 4)
    _ = entries.add(0)
    let layout = try #require(try entries.info().layout(ofStruct: "flags"))
    let places: [(UInt64, StructLayout.Bits)] = [
      (0, .init(position: 0, count: 3)), (0, .init(position: 3, count: 7)), (4, .init(position: 5, count: 2)),
    ]
    for (index, member) in layout.members.enumerated() {
      #expect(member.offset == places[index % 3].0, "\(member.name)")
      #expect(member.bits == places[index % 3].1, "\(member.name)")
    }
    #expect(layout.members.count == 6)
  }

  @Test func declarators() throws {
    var entries = Entries()
    _ = entries.add(1)
    let int = entries.add(2, "int", 4, 5)
    let pointer = entries.add(7, type: int)
    let void = entries.add(8)
    let constInt = entries.add(13, type: int)
    let constPointer = entries.add(13, type: pointer)
    let volatilePointer = entries.add(14, type: constPointer)
    let matrix = entries.add(9, type: int)
    _ = entries.add(10, nil, 1)
    _ = entries.add(11, nil, 3)
    _ = entries.add(0)
    let open = entries.add(9, type: pointer)
    _ = entries.add(12)
    _ = entries.add(0)
    let none = entries.add(9, type: int)
    _ = entries.add(10, nil, 0x7f)
    _ = entries.add(0)
    let toMatrix = entries.add(7, type: matrix)
    let function = entries.add(15, type: pointer)
    let toFunction = entries.add(7, type: function)
    let table = entries.add(9, type: toFunction)
    _ = entries.add(11, nil, 22)
    _ = entries.add(0)
    let alias = entries.add(16, "number", type: constInt)
    let file = entries.add(17, "file")
    let toFile = entries.add(7, type: file)
    let restricted = entries.add(22, type: toFile)
    let atomic = entries.add(23, type: alias)
    let info = try entries.info()
    let expected: [(UInt64, String, UInt64?, CType.Shape?)] = [
      (int, "int", 4, .integer(isSigned: true)), (pointer, "int *", 8, .pointer),
      (void, "void *", 8, .pointer),
      (constInt, "const int", 4, .integer(isSigned: true)), (constPointer, "int *const", 8, .pointer),
      (volatilePointer, "volatile int *const", 8, .pointer), (matrix, "int [2][3]", 24, nil),
      (open, "int *[]", nil, nil), (none, "int [0]", 0, nil), (toMatrix, "int (*)[2][3]", 8, .pointer),
      (function, "int *()", nil, .function), (toFunction, "int *(*)()", 8, .pointer),
      (table, "int *(*[22])()", 176, nil), (alias, "number", 4, .integer(isSigned: true)),
      (file, "struct file", nil, .structure), (toFile, "struct file *", 8, .pointer),
      (restricted, "struct file *restrict", 8, .pointer),
      (atomic, "_Atomic number", 4, .integer(isSigned: true)),
    ]
    for (offset, name, size, shape) in expected {
      let type = info.type(at: offset)
      #expect(type.name == name)
      #expect(type.size == size, "\(name)")
      if let shape { #expect(type.shape == shape, "\(name)") }
    }
    guard case .array(let row, let count) = info.type(at: matrix).shape else {
      Issue.record("not an array")
      return
    }
    #expect((row.name, row.size, count) == ("int [3]", 12, 2))
    guard case .array(_, nil) = info.type(at: open).shape else {
      Issue.record("not open")
      return
    }
    #expect(info.type(at: nil).shape == .void)
    #expect(info.type(at: 5).shape == .other)
  }

  @Test func membersWithoutANameAndTypesThatAreCompleteElsewhere() throws {
    var entries = Entries()
    _ = entries.add(1)
    let int = entries.add(2, "int", 4, 5)
    let declared = entries.add(17, "inner")
    let inner = entries.add(3, "inner", 8)
    _ = entries.add(4, "x", type: int, 0)
    _ = entries.add(4, "y", type: int, 4)
    _ = entries.add(0)
    let union = entries.add(18, nil, 8)
    _ = entries.add(4, "whole", type: inner, 0)
    _ = entries.add(4, "half", type: int, 4)
    _ = entries.add(0)
    let outer = entries.add(3, "outer", 24)
    _ = entries.add(4, "first", type: declared, 0)
    _ = entries.add(19, type: union, 16)
    _ = entries.add(0)
    _ = entries.add(16, "outer_t", type: outer)
    let info = try entries.info()
    let offsets: [(String, UInt64?)] = [
      ("first", 0), ("first.y", 4), ("half", 20), ("whole", 16), ("whole.y", 20), ("first.z", nil), ("", nil),
      ("first.", nil), (".first", nil), ("half.x", nil), ("first.x.y", nil),
    ]
    for name in ["outer", "outer_t"] {
      for (path, offset) in offsets {
        #expect(info.member(path, ofStruct: name)?.offset == offset, "\(path)")
      }
    }
    #expect(info.layout(ofStruct: "outer")?["first"]?.size == 8)
    #expect(info.layout(ofStruct: "nothing") == nil)
  }

  @Test func enumerations() throws {
    var entries = Entries()
    _ = entries.add(1)
    _ = entries.add(20, "state", 4)
    _ = entries.add(21, "UNUSED", 0)
    _ = entries.add(21, "USED", 1)
    _ = entries.add(21, "LOST", 0x7f)
    _ = entries.add(0)
    let info = try entries.info()
    #expect(info.constants(ofEnum: "state")?.map(\.name) == ["UNUSED", "USED", "LOST"])
    #expect(info.constants(ofEnum: "state")?.map(\.value) == [0, 1, -1])
    #expect(info.constants(ofEnum: "states") == nil)
    #expect(info.enumConstant(named: "USED") == 1)
    #expect(info.enumConstant(named: "USE") == nil)
  }

  @Test func circlesEnd() throws {
    var entries = Entries()
    _ = entries.add(1)
    let alias = entries.here
    _ = entries.add(16, "a", type: alias)
    let array = entries.here
    _ = entries.add(9, type: array)
    _ = entries.add(11, nil, 255)
    _ = entries.add(0)
    let self1 = entries.here
    _ = entries.add(3, "s", 8)
    _ = entries.add(19, type: self1, 0)
    _ = entries.add(0)
    let pointer = entries.here
    _ = entries.add(7, type: pointer)
    let info = try entries.info()
    #expect(info.layout(ofStruct: "a") == nil)
    #expect(info.type(at: array).size == nil)
    #expect(info.member("x", ofStruct: "s") == nil)
    #expect(info.type(at: pointer).name.hasPrefix("? ****"))
  }
}

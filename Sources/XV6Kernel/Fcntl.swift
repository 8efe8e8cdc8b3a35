/// How a file is opened (xv6's fcntl.h).
struct OpenMode: OptionSet {
  let rawValue: Int32
  /// O_RDONLY: none of the others.
  static let readOnly: OpenMode = []
  /// O_WRONLY
  static let writeOnly = OpenMode(rawValue: 0x001)
  /// O_RDWR
  static let readWrite = OpenMode(rawValue: 0x002)
  /// O_CREATE
  static let create = OpenMode(rawValue: 0x200)
  /// O_TRUNC
  static let truncate = OpenMode(rawValue: 0x400)
}

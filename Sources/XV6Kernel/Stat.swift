/// xv6's kernel/stat.h: `struct stat`, which `fstat` fills, with the layout that user programs expect.
struct Stat: Equatable {
  /// The disk's device number.
  var dev: Int32
  /// The inode's number.
  var ino: UInt32
  /// 1 directory, 2 file, 3 device.
  var type: Int16
  /// The number of names that the file has.
  var nlink: Int16
  /// Bytes.
  var size: UInt64

  /// Bytes of the structure, including four bytes of padding before the size.
  static let byteCount = 24

  /// Calls `body` with the structure's bytes: `dev` at 0, `ino` at 4, `type` at 8, `nlink` at 10, `size` at
  /// 16.
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(KernelHalt) -> Result
  ) throws(KernelHalt) -> Result {
    let file = UInt64(UInt16(bitPattern: type)) | UInt64(UInt16(bitPattern: nlink)) << 16
    let device = UInt64(UInt32(bitPattern: dev)) | UInt64(ino) << 32
    let words = (device.littleEndian, file.littleEndian, size.littleEndian)
    return try withUnsafeBytes(of: words, body)
  }
}

import LabPrograms
import ObjectFile
import XV6FileSystem

/// The disk that a lab's tests run on: the shell utilities and the lab's programs, made anew from the embedded files.
public enum LabDisk {
  /// An xv6 image with the programs of `lab` (its utilities alone where `lab` is not built in) and `extra` files.
  public static func image(for lab: String, extra: [(name: String, bytes: [UInt8])] = []) throws -> [UInt8] {
    fatalError()
  }
}

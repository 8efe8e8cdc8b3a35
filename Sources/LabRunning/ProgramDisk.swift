import Foundation
import HostSupport
import LabModel
import LabPrograms
import ObjectFile
import XV6FileSystem

/// The disk for one command on the Swift kernel, and the command's program with its symbols.
package struct ProgramDisk {
  /// The disk image.
  package let image: [UInt8]
  /// The program's name on the disk, and its arguments.
  package let command: [String]
  /// The program's ELF file, with its symbols if we have a file that is not stripped.
  private let contents: [UInt8]
  private let origin: String

  /// Prepares `command`: a program on the disk, or the path of an ELF file on the host; then its arguments.
  ///
  /// `image` is an xv6 disk image to use instead of our own. The file is read, never written. In the
  /// machine's copy of it, our own `init` replaces the image's `init`, because ours runs one command.
  package init(command: [String], image: String?) throws {
    guard let program = command.first else { throw InputError("there is no program to run") }
    var disk = try FileSystemImage(parsing: LabDisk.image(for: LabCatalogue.standard))
    if let image {
      let ours = try disk.read("init")
      disk = try Self.open(image)
      try disk.put("init", ours, from: image)
    }
    var name = program
    var contents: [UInt8]?
    if program.contains("/") || !disk.has(program) {
      name = (program as NSString).lastPathComponent
      guard FileManager.default.fileExists(atPath: program) else {
        throw InputError("\(program): no such file, and no program of the disk (labrunner list programs)")
      }
      let elf = try Self.program(in: program)
      try disk.put(name, elf.loadableImage(), from: program)
      contents = elf.bytes
    } else if image == nil {
      contents = LabPrograms.programs(for: LabCatalogue.standard).first { $0.name == program }?.elf
    }
    self.image = disk.bytes
    self.contents = try contents ?? disk.contents(program)
    self.command = [name] + command.dropFirst()
    origin = program
  }

  /// The program, with its symbols and debug information if it has any.
  package var program: ELF {
    get throws(InputError) {
      do {
        return try ELF(parsing: contents)
      } catch {
        throw InputError("\(origin): \(error)")
      }
    }
  }

  /// Reads the program from an ELF file on the host.
  private static func program(in path: String) throws(InputError) -> ELF {
    do {
      return try ELF(parsing: try HostFile.contents(of: path))
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError("\(path): \(error)")
    }
  }

  /// Reads a disk image from a file on the host. Throws an error if its file system is damaged.
  private static func open(_ path: String) throws(InputError) -> FileSystemImage {
    let bytes = try HostFile.contents(of: path)
    do {
      let image = try FileSystemImage(parsing: bytes)
      if let finding = image.check().first(where: \.isDamage) {
        throw InputError("\(path): the file system is damaged: \(finding)")
      }
      return image
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError("\(path): \(error)")
    }
  }
}

extension FileSystemImage {
  /// Whether `path` exists on the disk.
  fileprivate func has(_ path: String) -> Bool { (try? status(path)) != nil }

  /// The bytes of the file `name`; an empty array if `name` is a directory or a device.
  fileprivate func contents(_ name: String) throws -> [UInt8] {
    try status(name).type == .file ? read(name) : []
  }

  /// Adds or replaces the file `name`. Error messages name the host's file `origin`.
  fileprivate mutating func put(_ name: String, _ bytes: [UInt8], from origin: String) throws(InputError) {
    do {
      if has(name) { try replace(name, bytes) } else { try add(name, bytes) }
    } catch {
      throw InputError("\(origin): \(name) cannot be put on the disk: \(error)")
    }
  }
}

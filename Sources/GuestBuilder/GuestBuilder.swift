import Foundation

/// The tool behind the `GuestPrograms` plugin. It reads labs/ and writes one Swift file.
///
/// - `labs/user/lib/*.c` is the user library, which is linked into every program;
/// - `labs/user/*.c` are the programs on every disk image;
/// - `labs/<lab>/programs/*.c` are a lab's own programs; a folder there is also a program, made of all its
///   `.c` files;
/// - `labs/<lab>/lab.json` describes the lab;
/// - `labs/<lab>/workloads/*.c` are programs that are used to compare solutions; `labs/<lab>/workloads.json`
///   lists them;
/// - `labs/guests/*.c` are programs for a bare machine, which tests boot;
/// - `labs/benchmarks/guests/*.c` are more programs for a bare machine, and `labs/benchmarks/programs/*.c`
///   are the programs of a disk called `benchmarks`.
@main
struct GuestBuilder {
  static func main() {
    do {
      let options = try Options(arguments: Array(CommandLine.arguments.dropFirst()))
      let tree = try LabTree(root: options.labs)
      let compiler = GuestCompiler(clang: options.clang, tree: tree, objects: options.objects)
      try compiler.checkTarget()
      let programs = try compiler.build()
      let guests = try compiler.buildGuests()
      try EmbeddedLabs(tree: tree, programs: programs, guests: guests).write(to: options.output)
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(1)
    }
  }
}

/// An error in the words that `swift build` shows.
struct BuildError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// The command line of `GuestBuilder`.
struct Options {
  let clang, labs, objects, output: URL

  init(arguments: [String]) throws {
    var values: [String: URL] = [:]
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard name.hasPrefix("--"), let value = rest.popFirst() else {
        throw BuildError("GuestBuilder: \(name): not an option with a value")
      }
      values[name] = URL(fileURLWithPath: value)
    }
    func value(_ name: String) throws -> URL {
      guard let url = values[name] else { throw BuildError("GuestBuilder: \(name) is missing") }
      return url
    }
    clang = try value("--clang")
    labs = try value("--labs")
    objects = try value("--objects")
    output = try value("--output")
  }
}

import Foundation

/// The tool behind the `GuestPrograms` plugin: labs/ in, one Swift file out.
///
/// - `labs/user/lib/*.c` is the user library, linked into every program;
/// - `labs/user/*.c` are the programs that every disk image carries;
/// - `labs/<lab>/programs/*.c` are a lab's own programs; a folder there is a program too, of all its `.c` files;
/// - `labs/<lab>/lab.json` describes the lab;
/// - `labs/<lab>/workloads/*.c` are programs on which solutions are compared, listed in `labs/<lab>/workloads.json`;
/// - `labs/guests/*.c` are programs for a bare machine, which tests boot;
/// - `labs/benchmarks/guests/*.c` are more of these, and `labs/benchmarks/programs/*.c` the programs of a disk called
///   `benchmarks`.
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

/// What went wrong, in the words that `swift build` shows.
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

import Foundation
import HostSupport
import LabPrograms

/// The labs that are built into this program, and labs that a file describes.
package enum LabCatalogue {
  /// The lab that is graded if the user names none.
  package static let standard = "lazy"

  /// The built-in labs' names.
  package static var names: [String] { LabPrograms.labs }

  /// The built-in lab `name`, or the lab that the file `name` describes. The file is a `lab.json`, or a
  /// folder with one.
  package static func lab(_ name: String) throws(InputError) -> Lab {
    if let bytes = LabPrograms.description(of: name) {
      return try read(bytes, from: "labs/\(name)/lab.json")
    }
    guard let file = file(named: name) else {
      throw InputError("no lab is called \"\(name)\" (there is: \(names.joined(separator: ", ")))")
    }
    return try read(HostFile.contents(of: file, limit: HostFile.textLimit), from: file)
  }

  private static func read(_ bytes: [UInt8], from file: String) throws(InputError) -> Lab {
    let lab: Lab
    do {
      lab = try LabReader.read(bytes)
    } catch {
      throw InputError("\(file): \(error)")
    }
    let programs = LabPrograms.names(for: lab.name)
    if let missing = lab.programs.first(where: { !programs.contains($0) }) {
      throw InputError("\(file): programs: this labrunner was built without a program \"\(missing)\"")
    }
    return lab
  }

  /// The path of the `lab.json` that `name` means; nil if `name` is not an existing file or folder.
  private static func file(named name: String) -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else { return nil }
    return isFolder.boolValue ? name + "/lab.json" : name
  }
}

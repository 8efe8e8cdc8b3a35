import Foundation
import Testing

/// The table "Where xv6's functions are" of docs/ARCHITECTURE.md.
struct FunctionTableTests {
  /// One row: xv6's file, the Swift file, and the functions.
  struct Row {
    var original: String
    var file: String
    var functions: [String]
  }

  private static let root = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardizedFileURL

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The rows of the table. A row with an empty first cell belongs to the same file of xv6 as the row above.
  private static func rows() throws -> [Row] {
    let page = try text("docs/ARCHITECTURE.md")
    let start = try #require(page.range(of: "## Where xv6's functions are\n"))
    var rows: [Row] = []
    for line in page[start.upperBound...].split(separator: "\n") {
      if line.hasPrefix("## ") { break }
      let cells = line.split(separator: "|").map { $0.split(separator: "`").map(String.init) }
      guard line.hasPrefix("|"), cells.count == 3, line.contains(".swift`") else { continue }
      let names = cells.map { $0.filter { $0.contains { $0.isLetter } } }
      rows.append(
        Row(
          original: names[0].first ?? rows.last?.original ?? "", file: names[1].first ?? "",
          functions: names[2]))
    }
    return rows
  }

  @Test func `each function of the table is declared in the file that it names`() throws {
    let rows = try Self.rows()
    #expect(rows.count > 25)
    for row in rows {
      #expect(row.original.hasPrefix("kernel/") || row.original == "user/initcode.S")
      #expect(!row.functions.isEmpty, "\(row.file)")
      let source = try Self.text("Sources/XV6Kernel/" + row.file)
      for function in row.functions {
        let comment: Comment = "\(row.file) does not declare \(function) of \(row.original)"
        #expect(source.contains("func \(function)("), comment)
      }
    }
  }

  /// The names that somebody who knows xv6 looks for are in it.
  @Test func `the table has the functions of defs.h that the kernel stands for`() throws {
    let functions = Set(try Self.rows().flatMap(\.functions))
    let wanted = """
      begin_op end_op log_write bread bwrite brelse ialloc iget idup ilock iunlock iput readi writei \
      dirlookup dirlink namei nameiparent namex filealloc fileclose filedup fileread filestat filewrite \
      pipealloc pipeclose piperead pipewrite consoleintr consoleread consolewrite allocproc freeproc \
      growproc reparent sched scheduler sleep wakeup kill either_copyin either_copyout usertrap \
      usertrapret argint argaddr argstr fetchaddr fetchstr kalloc kfree walk mappages walkaddr uvmunmap \
      uvmcopy copyin copyout copyinstr
      """
    for name in wanted.split(separator: " ") { #expect(functions.contains(String(name)), "\(name)") }
  }
}

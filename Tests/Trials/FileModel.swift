import XV6FileSystem

/// A model of what xv6's file-system calls do, without a disk. A recovered disk is compared with it.
struct FileModel {
  private enum Item {
    case file([UInt8])
    case directory([String: Int])
    case device(Int, Int)
  }

  private static let root = 1
  private var items: [Int: Item] = [root: .directory([:])]
  private var next = root + 1
  /// The open file, and where its next write goes.
  private var held: (item: Int, offset: Int)?

  /// The disk on which trials begin.
  init() {
    _ = add("a", .file(CrashCall.original))
    _ = add("d", .directory([:]))
  }

  // MARK: What can be seen after a crash

  /// Everything that paths lead to.
  var tree: [String: FileNode] { tree(Self.root, "/") }

  /// Whether the open file has no name left: a crash leaves its inode in use, which xv6 never repairs.
  var hasOrphan: Bool { held.map { links(to: $0.item) == 0 } ?? false }

  private func tree(_ item: Int, _ path: String) -> [String: FileNode] {
    switch items[item] {
    case .file(let contents): return [path: .file(links: links(to: item), contents)]
    case .device(let major, let minor): return [path: .device(major, minor)]
    case .directory(let names):
      let below = names.values.count { if case .directory = items[$0] { true } else { false } }
      return names.reduce(into: [path: .directory(links: 1 + below)]) { nodes, entry in
        nodes.merge(tree(entry.value, path + (path == "/" ? "" : "/") + entry.key)) { $1 }
      }
    case nil: return [:]
    }
  }

  private func links(to item: Int) -> Int {
    items.values.reduce(0) { count, other in
      guard case .directory(let names) = other else { return count }
      return count + names.values.count { $0 == item }
    }
  }

  // MARK: Calls

  /// Does the call. Returns whether it succeeds, and the states that the disk may have in between, one for
  /// each transaction that was committed.
  mutating func perform(_ call: CrashCall) -> (succeeds: Bool, states: [FileModel]) {
    var states: [FileModel] = []
    let succeeds = perform(call) { states.append($0) }
    return (succeeds, states)
  }

  private mutating func perform(_ call: CrashCall, commit: (FileModel) -> Void) -> Bool {
    let succeeds =
      switch call {
      case .create: create("b")
      case .createBelow: create("d/b")
      case .overwrite: write(find("a"), at: 0, CrashCall.overwritten, commit)
      case .grow: write(find("a"), at: find("a").map(size) ?? 0, CrashCall.appended, commit)
      case .fill: write(find("b"), at: 0, CrashCall.filled, commit)
      case .truncate: truncate("a")
      case .link: link("a", "b")
      case .linkBelow: link("a", "d/b")
      case .rename: rename("a", "b", commit)
      case .renameBelow: rename("b", "d/b", commit)
      case .unlinkA: unlink("a")
      case .unlinkB: unlink("b")
      case .unlinkBelow: unlink("d/b")
      case .mkdir: add("b", .directory([:]))
      case .mkdirBelow: add("d/b", .directory([:]))
      case .rmdir: unlink("d")
      case .mknod: add("b", .device(1, 2))
      case .hold: hold("a")
      case .writeHeld: writeHeld(commit)
      case .letGo: letGo()
      }
    commit(self)
    return succeeds
  }

  private func split(_ path: String) -> (directory: Int, name: String)? {
    let parts = path.split(separator: "/").map(String.init)
    if parts.count == 1 { return (Self.root, parts[0]) }
    guard let directory = find(parts[0]), case .directory = items[directory] else { return nil }
    return (directory, parts[1])
  }

  private func find(_ path: String) -> Int? {
    guard let (directory, name) = split(path), case .directory(let names) = items[directory] else {
      return nil
    }
    return names[name]
  }

  /// Gives an item a name. False if the name is already used or its directory is missing.
  private mutating func enter(_ item: Int, _ path: String) -> Bool {
    guard find(path) == nil, let (directory, name) = split(path),
      case .directory(var names) = items[directory]
    else { return false }
    names[name] = item
    items[directory] = .directory(names)
    return true
  }

  private mutating func add(_ path: String, _ item: Item) -> Bool {
    guard enter(next, path) else { return false }
    items[next] = item
    next += 1
    return true
  }

  private mutating func create(_ path: String) -> Bool {
    guard let item = find(path) else { return add(path, .file([])) }
    if case .directory = items[item] { return false }
    return true
  }

  private func size(_ item: Int) -> Int {
    if case .file(let contents) = items[item] { contents.count } else { 0 }
  }

  /// A device accepts what is written and forgets it. A directory cannot be opened for writing.
  private mutating func write(_ item: Int?, at offset: Int, _ bytes: [UInt8], _ commit: (FileModel) -> Void)
    -> Bool
  {
    guard let item else { return false }
    switch items[item] {
    case nil, .directory: return false
    case .device: return true
    case .file(var contents):
      for start in stride(from: 0, to: bytes.count, by: CrashCall.largestPiece) {
        let piece = bytes[start..<min(start + CrashCall.largestPiece, bytes.count)]
        let end = min(offset + start + piece.count, contents.count)
        contents.replaceSubrange(offset + start..<max(end, offset + start), with: piece)
        items[item] = .file(contents)
        commit(self)
      }
      return true
    }
  }

  private mutating func truncate(_ path: String) -> Bool {
    guard let item = find(path), case .file = items[item] else { return false }
    items[item] = .file([])
    return true
  }

  private mutating func link(_ old: String, _ new: String) -> Bool {
    guard let item = find(old) else { return false }
    if case .directory = items[item] { return false }
    return enter(item, new)
  }

  private mutating func rename(_ old: String, _ new: String, _ commit: (FileModel) -> Void) -> Bool {
    guard link(old, new) else { return false }
    commit(self)
    return unlink(old)
  }

  private mutating func unlink(_ path: String) -> Bool {
    guard let item = find(path), let (directory, name) = split(path),
      case .directory(var names) = items[directory]
    else { return false }
    if case .directory(let below) = items[item], !below.isEmpty { return false }
    names[name] = nil
    items[directory] = .directory(names)
    return true
  }

  private mutating func hold(_ path: String) -> Bool {
    guard held == nil, let item = find(path) else { return false }
    held = (item, 0)
    return true
  }

  private mutating func writeHeld(_ commit: (FileModel) -> Void) -> Bool {
    guard let (item, offset) = held, write(item, at: offset, CrashCall.held, commit) else { return false }
    held?.offset = offset + CrashCall.held.count
    return true
  }

  private mutating func letGo() -> Bool {
    guard held != nil else { return false }
    held = nil
    return true
  }
}

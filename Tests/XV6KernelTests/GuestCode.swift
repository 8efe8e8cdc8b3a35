/// A user program of a few instructions, assembled here and wrapped in an ELF file that `exec` loads.
///
/// One page, readable, writable and executable, at address 0: code from 0 on, then room for data, which a
/// test fills before the machine starts. Registers have the names of the psABI: `s0` to `s3` are a program's
/// variables, `t0` is scratch, `a0` to `a2` have arguments, and `a0` the result.
struct GuestCode {
  enum Register: UInt32 {
    case zero = 0, sp = 2, t0 = 5, s0 = 8, s1 = 9, a0 = 10, a1, a2, a7 = 17, s2 = 18, s3 = 19
  }

  /// System call numbers (kernel/syscall.h).
  enum Call: Int32 {
    case fork = 1, exit, wait, pipe, read, kill, exec, fstat, chdir, dup, getpid, sbrk, sleep, uptime, open,
      write
    case mknod, unlink, link, mkdir, close
  }

  /// An argument: a number, or what a register holds.
  enum Operand { case number(Int32), register(Register) }

  /// Where data begins.
  static let data: Int32 = 0x400

  private var words: [UInt32] = []
  private var labels: [String: Int] = [:]
  private var jumps: [(word: Int, label: String)] = []
  private var bytes: [(address: Int32, bytes: [UInt8])] = []

  /// Puts bytes into the page before the program starts.
  mutating func place(_ data: [UInt8], at address: Int32) { bytes.append((address, data)) }

  /// Puts a null-terminated string into the page before the program starts.
  mutating func place(_ text: String, at address: Int32) { place(Array(text.utf8) + [0], at: address) }

  mutating func label(_ name: String) { labels[name] = words.count }

  /// `register = value`
  mutating func set(_ register: Register, _ value: Int32) {
    let low = (value << 20) >> 20
    let high = UInt32(bitPattern: value &- low)
    if high == 0 {
      emit(i: 0x13, register, .zero, low)
    } else {
      words.append(high | register.rawValue << 7 | 0x37)  // lui
      emit(i: 0x1b, register, register, low)  // addiw
    }
  }

  /// `to = from + offset`
  mutating func add(_ to: Register, _ from: Register, _ offset: Int32 = 0) { emit(i: 0x13, to, from, offset) }

  /// `to = to + from`
  mutating func add(_ to: Register, register from: Register) {
    words.append(from.rawValue << 20 | to.rawValue << 15 | to.rawValue << 7 | 0x33)
  }

  /// `*(long *)(base + offset) = value`
  mutating func store(_ value: Register, _ base: Register, _ offset: Int32 = 0) {
    let bits = UInt32(bitPattern: offset)
    words.append(
      (bits >> 5 & 0x7f) << 25 | value.rawValue << 20 | base.rawValue << 15 | 3 << 12 | (bits & 31) << 7
        | 0x23)
  }

  /// `to = *(int *)(base + offset)`
  mutating func load(_ to: Register, _ base: Register, _ offset: Int32 = 0) {
    emit(i: 0x03 | 2 << 12, to, base, offset)
  }

  /// A system call; the answer is in `a0`.
  mutating func call(_ call: Call, _ operands: Operand...) {
    for (register, operand) in zip([Register.a0, .a1, .a2], operands) {
      switch operand {
      case .number(let value): set(register, value)
      case .register(let from): add(register, from)
      }
    }
    set(.a7, call.rawValue)
    words.append(0x73)
  }

  /// `exit(status)`
  mutating func exit(_ status: Int32) { call(.exit, .number(status)) }

  /// `if one == other goto label`
  mutating func jump(to label: String, if one: Register, equals other: Register) {
    branch(0, one, other, label)
  }

  /// `if one < other goto label`, signed
  mutating func jump(to label: String, if one: Register, isBelow other: Register) {
    branch(4, one, other, label)
  }

  /// `goto label`
  mutating func jump(to label: String) { branch(0, .zero, .zero, label) }

  private mutating func branch(_ kind: UInt32, _ one: Register, _ other: Register, _ label: String) {
    jumps.append((words.count, label))
    words.append(other.rawValue << 20 | one.rawValue << 15 | kind << 12 | 0x63)
  }

  private mutating func emit(i opcode: UInt32, _ to: Register, _ from: Register, _ immediate: Int32) {
    words.append(UInt32(bitPattern: immediate) << 20 | from.rawValue << 15 | to.rawValue << 7 | opcode)
  }

  /// The ELF file. Traps if a label is missing: that is a mistake in the test.
  var elf: [UInt8] {
    var words = words
    for (word, label) in jumps {
      let offset = UInt32(bitPattern: Int32((labels[label]! - word) * 4))
      words[word] |= (offset >> 12 & 1) << 31 | (offset >> 5 & 0x3f) << 25 | (offset >> 1 & 15) << 8
      words[word] |= (offset >> 11 & 1) << 7
    }
    precondition(words.count * 4 <= Int(Self.data), "the code runs into the data")
    var page = words.flatMap { little(UInt64($0), 4) } + [UInt8](repeating: 0, count: 4096 - words.count * 4)
    for (address, bytes) in bytes {
      page.replaceSubrange(Int(address)..<(Int(address) + bytes.count), with: bytes)
    }
    let header: [UInt8] =
      [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + little(2, 2) + little(243, 2)
      + little(1, 4) + little(0, 8) + little(64, 8) + little(0, 8) + little(0, 4)
      + [64, 56, 1, 0, 0, 0].flatMap { little($0, 2) }
    let segment = little(1, 4) + little(7, 4) + [120, 0, 0, 4096, 4096, 4096].flatMap { little($0, 8) }
    return header + segment + page
  }

  private func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

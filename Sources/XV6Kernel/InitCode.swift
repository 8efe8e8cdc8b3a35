import LabEvents

/// The first process's memory: code that calls `exec("/init", argv)`, and what it points to.
///
/// This is xv6's user/initcode.S, with the argument vector from the machine's configuration:
///
///     0:  addi a0, zero, init       18:  addi a7, zero, 2     # exit
///     4:  addi a1, zero, argv       1c:  ecall
///     8:  addi a7, zero, 7  # exec  20:  jal zero, 18
///     c:  ecall
///
/// It is loaded at address 0 and fits in a page. The first two instructions can only name addresses below
/// 2048, so the path comes first, then the vector, then the strings.
///
/// Nil if there are more arguments than `sys_exec` takes, or than `exec` can put on one page of stack, or if
/// one contains a null byte.
func initcode(_ arguments: [String]) -> [UInt8]? {
  let strings = arguments.map { Array($0.utf8) }
  guard strings.count < MAXARG, strings.allSatisfy({ !$0.contains(0) }) else { return nil }
  let pointers = (8 * (strings.count + 1) + 15) & ~15
  let stack = strings.reduce(pointers) { $0 + ($1.count + 1 + 15) & ~15 }
  guard stack <= Int(PGSIZE) else { return nil }

  let path = 28
  let argv = 40
  func addi(_ rd: UInt32, _ immediate: Int) -> UInt32 { UInt32(immediate) << 20 | rd << 7 | 0x13 }
  let ecall: UInt32 = 0x73
  let backTwo: UInt32 = 0xff9f_f06f
  func number(_ call: Syscall) -> UInt32 { addi(17, Int(call.rawValue)) }
  let code = [
    addi(10, path), addi(11, argv), number(.exec), ecall,
    number(.exit), ecall, backTwo,
  ]

  var image: [UInt8] = []
  func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { image.append(contentsOf: $0) }
  }
  for word in code { append(word) }
  image += Array("/init".utf8)
  image += Array(repeating: 0, count: argv - image.count)
  var string = argv + 8 * (strings.count + 1)
  for text in strings {
    append(UInt64(string))
    string += text.count + 1
  }
  append(UInt64(0))
  for text in strings { image += text + [0] }
  return image.count < Int(PGSIZE) ? image : nil
}

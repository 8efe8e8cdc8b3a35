/// A 16550A serial port with one byte for each register, as in QEMU's `serial.c`.
///
///     0   RBR receive (read), THR transmit (write); with DLAB the divisor's low byte
///     1   IER interrupt enables: 0 receive, 1 transmitter empty, 2 line, 3 modem;
///         with DLAB the divisor's high byte
///     2   IIR what interrupts (read), FCR FIFO control (write)
///     3   LCR line control; bit 7 is DLAB
///     4   MCR modem control
///     5   LSR line status: 0 data ready, 5 THR empty, 6 idle
///     6   MSR modem status: CTS, DSR and DCD are up
///     7   SCR scratch
///
/// Sending takes no time, so the transmitter is always empty. Each sent byte raises the interrupt
/// "transmitter empty", and so does enabling it. The interrupt goes down when IIR names it. If fewer bytes
/// have arrived than the receive FIFO's trigger level, they interrupt at once, as if its time-out had passed.
struct Uart: Equatable, Sendable {
  static let base: UInt64 = 0x1000_0000
  static let size: UInt64 = 0x100
  static let interrupt = 10

  private var received: [UInt8] = []
  private var interruptEnable: UInt8 = 0
  private var fifoControl: UInt8 = 0
  private var lineControl: UInt8 = 0
  private var modemControl: UInt8 = 8
  private var scratch: UInt8 = 0
  private var divisor: UInt16 = 12
  private var transmitInterrupt = false
  /// How often LSR was read since anything was sent or received. A guest that reads it often waits for input
  /// without interrupts.
  private var looks = 0

  private static let looksThatWait = 64

  /// What else an access has done.
  struct Effect: Equatable {
    /// The byte sent.
    var sent: UInt8?
    /// The new level of the interrupt line, or nil if it did not change.
    var line: Bool?
  }

  private var usesFIFO: Bool { fifoControl & 1 != 0 }
  private var dlab: Bool { lineControl & 0x80 != 0 }

  /// Whether a byte may arrive now: it would not be lost, and the guest is ready for it.
  var canReceive: Bool {
    received.isEmpty && interruptEnable & 1 != 0 || isPolled
  }

  /// Whether input would interrupt.
  var listens: Bool { interruptEnable & 1 != 0 }

  /// Whether the guest asks for input again and again, and there is none.
  var isPolled: Bool { received.isEmpty && looks >= Self.looksThatWait }

  /// A byte arrives. Returns the level of the interrupt line.
  mutating func receive(_ byte: UInt8) -> Bool {
    if received.count < (usesFIFO ? 16 : 1) { received.append(byte) }
    looks = 0
    return line
  }

  /// The low four bits of IIR: the reason of the interrupt. The highest priority comes first.
  private var identification: UInt8 {
    if interruptEnable & 1 != 0 && !received.isEmpty {
      let levels = [1, 4, 8, 14]
      let reached = !usesFIFO || received.count >= levels[Int(fifoControl >> 6)]
      return reached ? 0x4 : 0xC
    }
    if interruptEnable & 2 != 0 && transmitInterrupt { return 0x2 }
    return 0x1
  }

  private var line: Bool { identification != 0x1 }

  mutating func read(_ offset: UInt64) -> (value: UInt8, effect: Effect) {
    switch offset {
    case 0 where dlab: return (UInt8(truncatingIfNeeded: divisor), Effect())
    case 0:
      let byte = received.isEmpty ? 0 : received.removeFirst()
      return (byte, Effect(line: line))
    case 1 where dlab: return (UInt8(truncatingIfNeeded: divisor >> 8), Effect())
    case 1: return (interruptEnable, Effect())
    case 2:
      let value = identification
      guard value == 0x2 else { return (value | (usesFIFO ? 0xC0 : 0), Effect()) }
      transmitInterrupt = false
      return (value | (usesFIFO ? 0xC0 : 0), Effect(line: line))
    case 3: return (lineControl, Effect())
    case 4: return (modemControl, Effect())
    case 5:
      looks = min(looks + 1, Self.looksThatWait)
      return (received.isEmpty ? 0x60 : 0x61, Effect())
    case 6: return (0xB0, Effect())
    case 7: return (scratch, Effect())
    default: return (0, Effect())
    }
  }

  mutating func write(_ offset: UInt64, _ value: UInt8) -> Effect {
    switch offset {
    case 0 where dlab: divisor = divisor & 0xFF00 | UInt16(value)
    case 0:
      transmitInterrupt = true
      looks = 0
      return Effect(sent: value, line: line)
    case 1 where dlab: divisor = divisor & 0xFF | UInt16(value) << 8
    case 1:
      let changed = (interruptEnable ^ value) & 0x0F
      interruptEnable = value & 0x0F
      if changed & 2 != 0 { transmitInterrupt = interruptEnable & 2 != 0 }
      if changed != 0 { return Effect(line: line) }
    case 2:
      guard value != fifoControl else { break }
      let toggled = (value ^ fifoControl) & 1 != 0
      if toggled || value & 2 != 0 { received.removeAll() }
      if toggled || value & 4 != 0 { transmitInterrupt = true }
      fifoControl = value & 0xC9
      return Effect(line: line)
    case 3: lineControl = value
    case 4: modemControl = value & 0x1F
    case 7: scratch = value
    default: break
    }
    return Effect()
  }
}

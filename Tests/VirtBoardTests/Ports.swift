import Sv39MMU

@testable import VirtBoard

// Devices are values, and reading some of their registers changes them. An argument of `#expect` must not
// change a variable. So these classes hold the devices.

final class ClintPort {
  var device: Clint
  init(harts: Int) { device = Clint(harts: harts) }
  func read(_ offset: UInt64, size: Int, time: UInt64) -> UInt64? {
    device.read(offset, size: size, time: time)
  }
  func write(_ offset: UInt64, size: Int, _ value: UInt64) -> Bool { device.write(offset, size: size, value) }
}

final class PlicPort {
  var device: Plic
  init(harts: Int) { device = Plic(harts: harts) }
  func read(_ offset: UInt64, size: Int = 4) -> UInt64? { device.read(offset, size: size) }
  @discardableResult func write(_ offset: UInt64, _ value: UInt64, size: Int = 4) -> Bool {
    device.write(offset, size: size, value)
  }
}

final class UartPort {
  var device = Uart()
  func read(_ offset: UInt64) -> (value: UInt8, effect: Uart.Effect) { device.read(offset) }
  @discardableResult func write(_ offset: UInt64, _ value: UInt8) -> Uart.Effect {
    device.write(offset, value)
  }
  @discardableResult func receive(_ byte: UInt8) -> Bool { device.receive(byte) }
}

final class VirtioPort {
  var device: VirtioMMIO
  private let memory: PhysicalMemory

  init(_ device: VirtioMMIO, _ memory: PhysicalMemory) {
    self.device = device
    self.memory = memory
  }

  func read(_ offset: UInt64) -> UInt64 { device.read(offset, size: 4) }
  @discardableResult func write(_ offset: UInt64, _ value: UInt64) -> Bool? {
    device.write(offset, size: 4, value, memory)
  }
}

extension Kernel {
  public func growproc(_ n: Int32) throws(KernelHalt) -> Bool { false }
  func userinit() throws(KernelHalt) {}
}

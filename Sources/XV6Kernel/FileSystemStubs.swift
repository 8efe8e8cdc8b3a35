// Declarations that let the process half compile until the file system half replaces this file.

package protocol BlockDevice: Sendable {}
package final class OpenFile {}
package final class Inode {}
package final class FileSystemState { package init(disk: any BlockDevice) {} }
package struct ImageDisk: BlockDevice { package init(_ image: [UInt8]) throws {} }

extension Kernel {
  package func sys_read() throws(KernelHalt) -> UInt64 { .max }
  package func sys_write() throws(KernelHalt) -> UInt64 { .max }
  package func sys_open() throws(KernelHalt) -> UInt64 { .max }
  package func sys_close() throws(KernelHalt) -> UInt64 { .max }
  package func sys_dup() throws(KernelHalt) -> UInt64 { .max }
  package func sys_pipe() throws(KernelHalt) -> UInt64 { .max }
  package func sys_fstat() throws(KernelHalt) -> UInt64 { .max }
  package func sys_chdir() throws(KernelHalt) -> UInt64 { .max }
  package func sys_mkdir() throws(KernelHalt) -> UInt64 { .max }
  package func sys_mknod() throws(KernelHalt) -> UInt64 { .max }
  package func sys_link() throws(KernelHalt) -> UInt64 { .max }
  package func sys_unlink() throws(KernelHalt) -> UInt64 { .max }
  package func fsinit() throws(KernelHalt) {}
  package func namei(_ path: [UInt8]) throws(KernelHalt) -> Inode? { nil }
  package func beginOp() throws(KernelHalt) {}
  package func endOp() throws(KernelHalt) {}
  package func ilock(_ ip: Inode) throws(KernelHalt) {}
  package func iunlock(_ ip: Inode) throws(KernelHalt) {}
  package func iput(_ ip: Inode) throws(KernelHalt) {}
  package func iunlockput(_ ip: Inode) throws(KernelHalt) {}
  package func idup(_ ip: Inode) -> Inode { ip }
  package func readi(_ ip: Inode, to: CopyTarget, offset: UInt64, count: Int) throws(KernelHalt) -> Int { 0 }
  package func filedup(_ file: OpenFile) -> OpenFile { file }
  package func fileclose(_ file: OpenFile) throws(KernelHalt) {}
  package func consoleWrite(_ bytes: UnsafeRawBufferPointer) {}
  package func consoleintr(_ byte: UInt8) {}
  package var consoleWantsInput: Bool { false }
}

import LabPrograms
import ObjectFile
import Testing

@testable import LabModel

/// The disk that a kernel gets.
struct LabDiskTests {
  @Test func `a kernel with another BSIZE gets a disk with such blocks`() throws {
    let kernel = try ELF(parsing: #require(LabPrograms.guest("blocks")))
    #expect(LabDisk.blockSize(of: kernel) == 4096)
    let image = try LabDisk.image(for: "lazy", kernel: kernel)
    // FSMAGIC, in block 1.
    #expect(image[4096..<4100].elementsEqual([0x40, 0x30, 0x20, 0x10]))
    #expect(
      LabDisk.finding(about: kernel)
        == "its disk has blocks of 4096 bytes: the kernel's BSIZE is not xv6's 1024")
  }

  @Test func `a kernel that does not tell gets xv6's own`() throws {
    let kernel = try ELF(parsing: #require(LabPrograms.guest("kernel-modern")))
    #expect(LabDisk.blockSize(of: kernel) == nil)
    #expect(LabDisk.finding(about: kernel) == nil)
    #expect(try LabDisk.image(for: "lazy", kernel: kernel) == LabDisk.image(for: "lazy"))
  }
}

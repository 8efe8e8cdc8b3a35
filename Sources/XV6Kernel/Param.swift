// xv6's kernel/param.h: the kernel's limits, and what this kernel adds about its virtual clock.

/// Processes, the unused ones included.
package let NPROC = 64
/// Open files a process.
package let NOFILE = 16
/// Open files of the whole system.
package let NFILE = 100
/// Inodes in memory at once.
package let NINODE = 50
/// One more than the highest major device number.
package let NDEV = 10
/// The device number of the root file system's disk.
package let ROOTDEV: UInt32 = 1
/// Arguments of `exec`, the closing null pointer included in `sys_exec`'s array.
package let MAXARG = 32
/// Blocks that one file system operation writes at most.
package let MAXOPBLOCKS = 10
/// Data blocks in the on-disk log.
package let LOGSIZE = MAXOPBLOCKS * 3
/// Buffers in the disk block cache.
package let NBUF = MAXOPBLOCKS * 3
/// Bytes of a path, its null included.
package let MAXPATH = 128

/// Virtual time between two timer interrupts, in units of `mtime` (a retired user instruction is one unit).
///
/// Real xv6 asks for a tick each 1,000,000 cycles of a 10 MHz clock, during which QEMU runs some 10 to 100 million
/// instructions. A tick here is short so that programs which wait for ticks (`sleep`, the tests of preemption) need
/// few instructions, and is still longer than any system call's charge by a factor of hundreds.
package let TICKINTERVAL: UInt64 = 100_000

/// What a trap costs on the virtual clock beside the user's own instructions.
///
/// The kernel's work retires no guest instruction. Without a charge, a loop of system calls would hardly move
/// the clock and would never be preempted. uservec, usertrap, the dispatch, usertrapret and userret of a compiled
/// xv6 take about this many instructions; the system call's own work is not modelled.
package let TRAPCOST: UInt64 = 200

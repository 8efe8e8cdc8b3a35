// xv6's kernel/param.h: the kernel's limits. This kernel adds the constants of its virtual clock.

/// Places in the process table.
package let NPROC = 64
/// Open files for each process.
package let NOFILE = 16
/// Open files of the whole system.
package let NFILE = 100
/// Inodes in memory at once.
package let NINODE = 50
/// One more than the highest major device number.
package let NDEV = 10
/// The device number of the root file system's disk.
package let ROOTDEV: UInt32 = 1
/// The most arguments of `exec`, including the null pointer at the end of `sys_exec`'s array.
package let MAXARG = 32
/// Blocks that one file system operation writes at most.
package let MAXOPBLOCKS = 10
/// Data blocks in the on-disk log.
package let LOGSIZE = MAXOPBLOCKS * 3
/// Buffers in the disk block cache.
package let NBUF = MAXOPBLOCKS * 3
/// The most bytes of a path, including its null.
package let MAXPATH = 128

/// Virtual time between two timer interrupts, in units of `mtime` (a retired user instruction is one unit).
///
/// Real xv6 asks for a tick every 1,000,000 cycles of a 10 MHz clock. QEMU runs about 10 to 100 million
/// instructions in that time. Here a tick is short, so that programs that wait for ticks (`sleep`, the tests
/// of preemption) need few instructions. It is still hundreds of times longer than the cost of a system call.
package let TICKINTERVAL: UInt64 = 100_000

/// What a trap costs on the virtual clock, in addition to the user's instructions.
///
/// The kernel is host code, so its work retires no guest instructions. Without this cost, a loop of system
/// calls would hardly move the clock and would never be preempted. In a compiled xv6, uservec, usertrap, the
/// dispatch, usertrapret and userret take about this many instructions. The work of the system call itself is
/// not counted.
package let TRAPCOST: UInt64 = 200

// What an xv6 kernel and its user programs must define in the same way: types, limits, system call numbers,
// open flags, and the layouts of struct stat and of directory entries. The values are xv6-riscv's (2020).

#pragma once

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long uint64;

#define PGSIZE 4096
#define KERNBASE 0x80000000UL
#define MAXVA (1UL << 38)

#define NPROC 64        // processes in the system
#define NOFILE 16       // open files in one process
#define NINODE 50       // inodes in memory at the same time
#define MAXARG 32       // arguments of exec(), with the terminating 0
#define MAXPATH 128     // bytes of a path, with the terminating 0
#define MAXOPBLOCKS 10  // blocks that one file system operation may write

#define BSIZE 1024                                // bytes of a disk block
#define NDIRECT 12                                // block numbers in the inode itself
#define MAXFILE (NDIRECT + BSIZE / sizeof(uint))  // blocks of the largest file
#define DIRSIZ 14                                 // bytes of a name in a directory; no 0 if all are used

enum {
  SYS_fork = 1,
  SYS_exit = 2,
  SYS_wait = 3,
  SYS_pipe = 4,
  SYS_read = 5,
  SYS_kill = 6,
  SYS_exec = 7,
  SYS_fstat = 8,
  SYS_chdir = 9,
  SYS_dup = 10,
  SYS_getpid = 11,
  SYS_sbrk = 12,
  SYS_sleep = 13,
  SYS_uptime = 14,
  SYS_open = 15,
  SYS_write = 16,
  SYS_mknod = 17,
  SYS_unlink = 18,
  SYS_link = 19,
  SYS_mkdir = 20,
  SYS_close = 21,
};

enum { O_RDONLY = 0x000, O_WRONLY = 0x001, O_RDWR = 0x002, O_CREATE = 0x200, O_TRUNC = 0x400 };

enum { T_DIR = 1, T_FILE = 2, T_DEVICE = 3 };

#define CONSOLE 1  // the console's major device number

struct stat {
  int dev;
  uint ino;
  short type;  // T_DIR, T_FILE or T_DEVICE
  short nlink;
  uint64 size;  // bytes
};

// A directory is a file with these entries. An entry with inum 0 is free.
struct dirent {
  ushort inum;
  char name[DIRSIZ];
};

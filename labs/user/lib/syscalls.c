// The system calls: number in a7, arguments from a0 on, result in a0. The kernel keeps all other registers.

#include "user.h"

static long trap(long number, long first, long second, long third) {
  register long a7 __asm__("a7") = number;
  register long a0 __asm__("a0") = first;
  register long a1 __asm__("a1") = second;
  register long a2 __asm__("a2") = third;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
  return a0;
}

int fork(void) { return trap(SYS_fork, 0, 0, 0); }

_Noreturn void exit(int status) {
  for (;;) trap(SYS_exit, status, 0, 0);
}

int wait(int *status) { return trap(SYS_wait, (long)status, 0, 0); }
int pipe(int *fds) { return trap(SYS_pipe, (long)fds, 0, 0); }
int read(int fd, void *into, int count) { return trap(SYS_read, fd, (long)into, count); }
int write(int fd, const void *from, int count) { return trap(SYS_write, fd, (long)from, count); }
int close(int fd) { return trap(SYS_close, fd, 0, 0); }
int kill(int pid) { return trap(SYS_kill, pid, 0, 0); }
int exec(const char *path, char **argv) { return trap(SYS_exec, (long)path, (long)argv, 0); }
int open(const char *path, int flags) { return trap(SYS_open, (long)path, flags, 0); }
int mknod(const char *path, short major, short minor) { return trap(SYS_mknod, (long)path, major, minor); }
int unlink(const char *path) { return trap(SYS_unlink, (long)path, 0, 0); }
int fstat(int fd, struct stat *into) { return trap(SYS_fstat, fd, (long)into, 0); }
int link(const char *old, const char *new) { return trap(SYS_link, (long)old, (long)new, 0); }
int mkdir(const char *path) { return trap(SYS_mkdir, (long)path, 0, 0); }
int chdir(const char *path) { return trap(SYS_chdir, (long)path, 0, 0); }
int dup(int fd) { return trap(SYS_dup, fd, 0, 0); }
int getpid(void) { return trap(SYS_getpid, 0, 0, 0); }
char *sbrk(long bytes) { return (char *)trap(SYS_sbrk, bytes, 0, 0); }
int sleep(int ticks) { return trap(SYS_sleep, ticks, 0, 0); }
int uptime(void) { return trap(SYS_uptime, 0, 0, 0); }

// The user library: system calls, strings, formatted output, a heap.

#pragma once

#include <stdarg.h>

#include "xv6.h"

// System calls. They return -1 if the kernel refuses.
int fork(void);
_Noreturn void exit(int status);
int wait(int *status);
int pipe(int *fds);
int read(int fd, void *into, int count);
int write(int fd, const void *from, int count);
int close(int fd);
int kill(int pid);
int exec(const char *path, char **argv);
int open(const char *path, int flags);
int mknod(const char *path, short major, short minor);
int unlink(const char *path);
int fstat(int fd, struct stat *into);
int link(const char *old, const char *new);
int mkdir(const char *path);
int chdir(const char *path);
int dup(int fd);
int getpid(void);
int sleep(int ticks);
int uptime(void);

// Moves the break by `bytes`, which may be negative. Returns the old break, or SBRK_FAILED.
char *sbrk(long bytes);
#define SBRK_FAILED ((char *)-1L)

// Strings and bytes, as in C.
uint64 strlen(const char *s);
char *strcpy(char *to, const char *from);
char *strchr(const char *s, char c);
int strcmp(const char *a, const char *b);
int atoi(const char *s);
void *memset(void *to, int byte, uint64 count);
void *memcpy(void *to, const void *from, uint64 count);
void *memmove(void *to, const void *from, uint64 count);
int memcmp(const void *a, const void *b, uint64 count);

// Files.
int stat(const char *path, struct stat *into);
// Reads a line of standard input with its newline; it must have less than `size` bytes. "" at the end.
char *gets(char *into, int size);

// Formatted output: %d %u %x %p %s %c %% and, for 64 bits, %ld %lu %lx. xv6's own %l means %lu. %x and %p use
// capital digits; %p always prints sixteen. A call with up to 128 bytes makes one write().
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vprintf(int fd, const char *format, va_list values);
// Into memory: at most `size` bytes, with the terminating 0. vsnprintf returns the length.
void snprintf(char *into, int size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *into, int size, const char *format, va_list values);

// The heap: blocks aligned to 16 bytes. 0 if sbrk() refuses.
void *malloc(uint64 bytes);
void free(void *block);

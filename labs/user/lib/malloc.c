// The heap: free blocks in a list ordered by address, first fit, neighbours joined when they are freed.
//
//   +--------+-----------------------+
//   | header | what malloc() returns |      size counts both, in bytes, a multiple of 16
//   +--------+-----------------------+
//
// A block is cut from the low end of a free one. So blocks that are allocated in a row have ascending
// addresses. If they are freed in the opposite order, each finds its place at the head of the list.

#include "user.h"

struct header {
  uint64 size;
  struct header *next;  // in the free list
};

#define GROWTH (64 * 1024UL)  // the least that is asked of sbrk() at once, in bytes

static struct header *freelist;

static struct header *after(struct header *block) { return (struct header *)((char *)block + block->size); }

void free(void *memory) {
  if (memory == 0) return;
  struct header *block = (struct header *)memory - 1;
  struct header *before = 0, *next = freelist;
  while (next && next < block) {
    before = next;
    next = next->next;
  }
  block->next = next;
  if (next && after(block) == next) {
    block->size += next->size;
    block->next = next->next;
  }
  if (before == 0) {
    freelist = block;
  } else if (after(before) == block) {
    before->size += block->size;
    before->next = block->next;
  } else {
    before->next = block;
  }
}

// Adds a block of at least `size` bytes to the free list. Returns 0 if the kernel refuses. Like xv6's own
// malloc(), it makes one call of sbrk(), which grows. If a program has moved the break to an odd address, the
// first bytes are left out.
static int grow(uint64 size) {
  size += sizeof(struct header);
  if (size < GROWTH) size = GROWTH;
  char *start = sbrk(size);
  if (start == SBRK_FAILED) return 0;
  uint64 misaligned = (uint64)start % sizeof(struct header);
  if (misaligned) {
    start += sizeof(struct header) - misaligned;
    size -= sizeof(struct header);
  }
  struct header *block = (struct header *)start;
  block->size = size;
  free(block + 1);
  return 1;
}

void *malloc(uint64 bytes) {
  if (bytes > MAXVA) return 0;
  uint64 size = (bytes + sizeof(struct header) - 1) / sizeof(struct header) * sizeof(struct header);
  size += sizeof(struct header);
  do {
    for (struct header **from = &freelist; *from; from = &(*from)->next) {
      struct header *block = *from;
      if (block->size < size) continue;
      if (block->size == size) {
        *from = block->next;
      } else {
        struct header *rest = (struct header *)((char *)block + size);
        rest->size = block->size - size;
        rest->next = block->next;
        *from = rest;
        block->size = size;
      }
      return block + 1;
    }
  } while (grow(size));
  return 0;
}

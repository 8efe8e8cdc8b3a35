// mallocs CALLS: a mix of malloc() and free(). Most blocks are small. One in sixteen is large, and only its
// ends are used.

#include "workload.h"

#define SLOTS 256
#define LARGE (256 * 1024)

static struct {
  uchar *block;
  uint64 size;
} slots[SLOTS];

int main(int argc, char **argv) {
  must(argc == 2);
  int calls = atoi(argv[1]);
  uint64 state = 2;
  for (int i = 0; i < calls; i++) {
    uint64 slot = next(&state) % SLOTS;
    uchar *block = slots[slot].block;
    if (block) {
      must(block[0] == (uchar)slot && block[slots[slot].size - 1] == (uchar)slot);
      free(block);
      slots[slot].block = 0;
      continue;
    }
    uint64 kind = next(&state) % 16;
    uint64 size = kind == 0 ? LARGE : 16 + next(&state) % 1024;
    block = malloc(size);
    if (block == 0) exit(REFUSED);
    block[0] = block[size - 1] = (uchar)slot;
    slots[slot].block = block;
    slots[slot].size = size;
  }
  return 0;
}

// A kernel with another BSIZE, as its debug information shows: the size of `data`. It does nothing else.
#include "guest.h"

struct buf {
  int valid;
  uint32 blockno;
  uint8 data[4096];
};

struct buf buffer;

void main(uint64 hart) {
  buffer.valid = 1;
  finish(0);
}

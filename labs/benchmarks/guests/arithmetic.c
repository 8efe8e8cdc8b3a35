// Arithmetic: mixing, bits, products, quotients, a table, a sort. Three quarters of it use only registers.
#include "bench.h"

#define COUNT 64

static uint64 table[256];
static uint32 values[COUNT];

// A multiplicative mixer. Its results are counted in a table.
static uint64 mixed(uint64 x) {
  for (int n = 0; n < 200; n++) {
    x += 0x9e3779b97f4a7c15;
    uint64 y = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    y = (y ^ y >> 27) * 0x94d049bb133111eb;
    y ^= y >> 31;
    table[y & 255] += y >> 8;
    x ^= y;
  }
  return x;
}

// A cyclic redundancy check, bit by bit.
static uint32 checked(uint32 crc, uint64 x) {
  for (int n = 0; n < 64; n++, x >>= 1) {
    uint32 bit = (crc ^ (uint32)x) & 1;
    crc = crc >> 1 ^ (bit ? 0xedb88320 : 0);
  }
  return crc;
}

// Counts steps of the Collatz sequence. Its branches are hard to predict.
static uint64 steps(uint64 x) {
  uint64 count = 0;
  for (; x != 1 && count < 150; count++) x = x & 1 ? 3 * x + 1 : x >> 1;
  return count;
}

// The greatest common divisor, computed by remainders.
static uint64 divisor(uint64 a, uint64 b) {
  while (b) {
    uint64 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// Sorts by insertion. Returns how far the elements moved.
static uint64 sorted(uint64 x) {
  for (int n = 0; n < COUNT; n++) {
    x = x * 6364136223846793005 + 1442695040888963407;
    values[n] = x >> 40;
  }
  uint64 moved = 0;
  for (int n = 1; n < COUNT; n++) {
    uint32 value = values[n];
    int m = n;
    for (; m > 0 && values[m - 1] > value; m--) values[m] = values[m - 1];
    values[m] = value;
    moved += n - m;
  }
  return moved ^ (uint64)values[COUNT / 2] << 32;
}

void main(uint64 hart) {
  if (hart != 0) return;
  uint64 x = 1;
  uint32 crc = ~0U;
  for (uint64 n = rounds(60000); n > 0; n--) {
    x = mixed(x);
    for (int m = 0; m < 16; m++) crc = checked(crc, x + m);
    x += steps(x >> 40 | 1) + divisor(x >> 8, crc | 1UL);
    x ^= sorted(x);
  }
  for (int n = 0; n < 256; n++) x = x * 31 + table[n];
  answer(x ^ crc);
}

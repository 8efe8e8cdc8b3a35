// Drives the disk for a guest: one request at a time, each for one block of 1024 bytes.
//
// EXPECTED_VERSION is the only disk version that it can drive. With another one it panics, as xv6 does.
#include "guest.h"

#define SIZE 8

struct descriptor {
  uint64 address;
  uint32 length;
  uint16 flags, next;
};

// The legacy layout. It is also a valid modern one.
static struct {
  struct descriptor descriptors[SIZE];
  struct {
    uint16 flags, index, ring[SIZE];
  } available;
  __attribute__((aligned(4096))) struct {
    uint16 flags, index;
    struct {
      uint32 id, length;
    } ring[SIZE];
  } used;
} queue __attribute__((aligned(4096)));

static struct {
  uint32 type, reserved;
  uint64 sector;
} header;
static volatile uint8 status;

static void start_disk(void) {
  uint32 version = VIRTIO(4);
  expect(10, VIRTIO(0) == 0x74726976 && VIRTIO(8) == 2 && VIRTIO(12) == 0x554d4551);
  if (version == EXPECTED_VERSION) {
    VIRTIO(0x70) = 0;
    VIRTIO(0x70) = 1;
    VIRTIO(0x70) = 3;
    VIRTIO(0x20) = VIRTIO(0x10) & ~(1 << 28 | 1 << 29);
    VIRTIO(0x70) = 11;
    VIRTIO(0x30) = 0;
    expect(11, VIRTIO(0x34) >= SIZE);
    VIRTIO(0x38) = SIZE;
    if (version == 1) {
      VIRTIO(0x28) = 4096;
      VIRTIO(0x40) = (uint64)&queue >> 12;
    } else {
      VIRTIO(0x80) = (uint64)&queue.descriptors;
      VIRTIO(0x84) = 0;
      VIRTIO(0x90) = (uint64)&queue.available;
      VIRTIO(0x94) = 0;
      VIRTIO(0xA0) = (uint64)&queue.used;
      VIRTIO(0xA4) = 0;
      VIRTIO(0x44) = 1;
    }
    VIRTIO(0x70) = 15;
    return;
  }
  put("panic: no disk of my version\n");
  for (;;)
    ;
}

// Sends a request: type 0 reads from `sector` into `block`, type 1 writes `block` there.
static void send(uint32 type, uint64 sector, void *block) {
  header.type = type;
  header.sector = sector;
  status = 0xff;
  queue.descriptors[0] = (struct descriptor){(uint64)&header, 16, 1, 3};
  queue.descriptors[3] = (struct descriptor){(uint64)block, 1024, type == 0 ? 3 : 1, 5};
  queue.descriptors[5] = (struct descriptor){(uint64)&status, 1, 2, 0};
  queue.available.ring[queue.available.index % SIZE] = 0;
  queue.available.index++;
  __sync_synchronize();
  VIRTIO(0x50) = 0;
}

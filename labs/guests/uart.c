// The serial port with interrupts: greets, then sends back what is typed, in capitals, until a full stop.
#include "guest.h"

static volatile int done;

__attribute__((interrupt("machine"))) static void handler(void) {
  uint32 source = PLIC(0x200004);
  expect(1, source == 10);
  while (UART(5) & 1) {
    uint8 c = UART(0);
    if (c == '.') done = 1;
    UART(0) = c >= 'a' && c <= 'z' ? c - 32 : c;
  }
  PLIC(0x200004) = source;
}

void main(uint64 hart) {
  if (hart != 0) return;
  UART(3) = 0x80;
  UART(0) = 3;
  UART(1) = 0;
  expect(2, UART(0) == 3);
  UART(3) = 3;
  UART(2) = 7;
  UART(1) = 1;
  UART(7) = 0x5A;
  expect(3, UART(7) == 0x5A && (UART(5) & 0x60) == 0x60);
  put("type\n");
  PLIC(4 * 10) = 1;
  PLIC(0x2000) = 1 << 10;
  PLIC(0x200000) = 0;
  csr_write(mtvec, handler);
  csr_write(mie, 1 << 11);
  csr_set(mstatus, 1 << 3);
  while (!done) asm volatile("wfi");
  finish(0);
}

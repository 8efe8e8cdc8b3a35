// Formatted output. The output of one call is collected and written at once. So if processes print at the
// same time, their lines stay whole, and a line costs one system call.

#include "user.h"

struct output {
  int fd;  // -1: bytes that do not fit are dropped
  int used, size;
  char *bytes;
};

static void flush(struct output *out) {
  if (out->fd < 0) return;
  if (out->used > 0) write(out->fd, out->bytes, out->used);
  out->used = 0;
}

static void put(struct output *out, char c) {
  if (out->used == out->size) flush(out);
  if (out->used < out->size) out->bytes[out->used++] = c;
}

static void putstring(struct output *out, const char *s) {
  if (s == 0) s = "(null)";
  while (*s) put(out, *s++);
}

// At least `width` digits.
static void putnumber(struct output *out, uint64 value, uint base, int width) {
  char digits[20];  // 2^64 has twenty decimal digits
  int count = 0;
  do {
    digits[count++] = "0123456789ABCDEF"[value % base];
    value /= base;
  } while (value > 0 || count < width);
  while (count > 0) put(out, digits[--count]);
}

static void putsigned(struct output *out, long value) {
  if (value < 0) put(out, '-');
  putnumber(out, value < 0 ? -(uint64)value : (uint64)value, 10, 1);
}

static void format(struct output *out, const char *text, va_list values) {
  for (; *text; text++) {
    if (*text != '%') {
      put(out, *text);
      continue;
    }
    text++;
    int wide = *text == 'l';
    if (wide) {
      if (text[1] != 'd' && text[1] != 'u' && text[1] != 'x') {
        putnumber(out, va_arg(values, uint64), 10, 1);
        continue;
      }
      text++;
    }
    switch (*text) {
    case 'd': putsigned(out, wide ? va_arg(values, long) : va_arg(values, int)); break;
    case 'u': putnumber(out, wide ? va_arg(values, uint64) : va_arg(values, uint), 10, 1); break;
    case 'x': putnumber(out, wide ? va_arg(values, uint64) : va_arg(values, uint), 16, 1); break;
    case 'p':
      putstring(out, "0x");
      putnumber(out, va_arg(values, uint64), 16, 16);
      break;
    case 's': putstring(out, va_arg(values, const char *)); break;
    case 'c': put(out, (char)va_arg(values, int)); break;
    case '%': put(out, '%'); break;
    case 0: text--; break;  // a lone % at the end
    default:  // unknown: shown unchanged
      put(out, '%');
      put(out, *text);
    }
  }
}

void vprintf(int fd, const char *text, va_list values) {
  char bytes[128];
  struct output out = {.fd = fd, .size = sizeof(bytes), .bytes = bytes};
  format(&out, text, values);
  flush(&out);
}

int vsnprintf(char *into, int size, const char *text, va_list values) {
  struct output out = {.fd = -1, .size = size - 1, .bytes = into};
  format(&out, text, values);
  into[out.used] = 0;
  return out.used;
}

void snprintf(char *into, int size, const char *text, ...) {
  va_list values;
  va_start(values, text);
  vsnprintf(into, size, text, values);
  va_end(values);
}

void fprintf(int fd, const char *text, ...) {
  va_list values;
  va_start(values, text);
  vprintf(fd, text, values);
  va_end(values);
}

void printf(const char *text, ...) {
  va_list values;
  va_start(values, text);
  vprintf(1, text, values);
  va_end(values);
}

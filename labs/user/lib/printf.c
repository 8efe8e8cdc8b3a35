// Formatted output. What one call prints is collected and written at once, so that lines of processes that
// print together stay whole, and a line costs one system call.

#include "user.h"

struct output {
  int fd;
  int used;
  char bytes[128];
};

static void flush(struct output *out) {
  if (out->used > 0) write(out->fd, out->bytes, out->used);
  out->used = 0;
}

static void put(struct output *out, char c) {
  if (out->used == sizeof(out->bytes)) flush(out);
  out->bytes[out->used++] = c;
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

void vprintf(int fd, const char *format, va_list values) {
  struct output out = {.fd = fd};
  for (; *format; format++) {
    if (*format != '%') {
      put(&out, *format);
      continue;
    }
    format++;
    int wide = *format == 'l';
    if (wide) {
      if (format[1] != 'd' && format[1] != 'u' && format[1] != 'x') {
        putnumber(&out, va_arg(values, uint64), 10, 1);
        continue;
      }
      format++;
    }
    switch (*format) {
    case 'd': putsigned(&out, wide ? va_arg(values, long) : va_arg(values, int)); break;
    case 'u': putnumber(&out, wide ? va_arg(values, uint64) : va_arg(values, uint), 10, 1); break;
    case 'x': putnumber(&out, wide ? va_arg(values, uint64) : va_arg(values, uint), 16, 1); break;
    case 'p':
      putstring(&out, "0x");
      putnumber(&out, va_arg(values, uint64), 16, 16);
      break;
    case 's': putstring(&out, va_arg(values, const char *)); break;
    case 'c': put(&out, (char)va_arg(values, int)); break;
    case '%': put(&out, '%'); break;
    case 0: format--; break;  // a lone % at the end
    default:  // unknown: shown as it stands
      put(&out, '%');
      put(&out, *format);
    }
  }
  flush(&out);
}

void fprintf(int fd, const char *format, ...) {
  va_list values;
  va_start(values, format);
  vprintf(fd, format, values);
  va_end(values);
}

void printf(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vprintf(1, format, values);
  va_end(values);
}

// Strings and bytes.

#include "user.h"

uint64 strlen(const char *s) {
  const char *end = s;
  while (*end) end++;
  return end - s;
}

char *strcpy(char *to, const char *from) {
  memcpy(to, from, strlen(from) + 1);
  return to;
}

// Unlike C's function, it does not find the terminating 0, as in xv6.
char *strchr(const char *s, char c) {
  for (; *s; s++) {
    if (*s == c) return (char *)s;
  }
  return 0;
}

int strcmp(const char *a, const char *b) {
  uint64 i = 0;
  while (a[i] && a[i] == b[i]) i++;
  return (uchar)a[i] - (uchar)b[i];
}

// Digits only, as in xv6: no sign, no leading space.
int atoi(const char *s) {
  uint value = 0;
  for (; *s >= '0' && *s <= '9'; s++) value = value * 10 + (uint)(*s - '0');
  return (int)value;
}

void *memset(void *to, int byte, uint64 count) {
  uchar *bytes = to;
  for (uint64 i = 0; i < count; i++) bytes[i] = (uchar)byte;
  return to;
}

void *memcpy(void *to, const void *from, uint64 count) { return memmove(to, from, count); }

void *memmove(void *to, const void *from, uint64 count) {
  uchar *target = to;
  const uchar *source = from;
  if (source < target) {
    while (count-- > 0) target[count] = source[count];
  } else {
    for (uint64 i = 0; i < count; i++) target[i] = source[i];
  }
  return to;
}

int memcmp(const void *a, const void *b, uint64 count) {
  const uchar *left = a, *right = b;
  for (uint64 i = 0; i < count; i++) {
    if (left[i] != right[i]) return left[i] - right[i];
  }
  return 0;
}

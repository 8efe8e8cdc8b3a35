// grep PATTERN [FILE...]: writes the lines that match. In a pattern, . is any character, and x* is any number
// of x. ^ at the beginning and $ at the end mean the ends of the line.

#include "user.h"

static int matchhere(const char *pattern, const char *text);

static int matchone(char wanted, char c) { return c != 0 && (wanted == '.' || wanted == c); }

// Tries every length of the repetition, beginning with the shortest.
static int matchstar(char wanted, const char *rest, const char *text) {
  for (;; text++) {
    if (matchhere(rest, text)) return 1;
    if (!matchone(wanted, *text)) return 0;
  }
}

static int matchhere(const char *pattern, const char *text) {
  for (; *pattern; pattern++, text++) {
    if (pattern[1] == '*') return matchstar(pattern[0], pattern + 2, text);
    if (pattern[0] == '$' && pattern[1] == 0) return *text == 0;
    if (!matchone(*pattern, *text)) return 0;
  }
  return 1;
}

static int match(const char *pattern, const char *text) {
  if (*pattern == '^') return matchhere(pattern + 1, text);
  return matchstar('.', pattern, text);
}

// A line longer than the buffer is matched in pieces.
static int search(const char *pattern, int fd) {
  static char bytes[1024];
  int used = 0, found = 0, count;
  while ((count = read(fd, bytes + used, sizeof(bytes) - 1 - used)) > 0 || used > 0) {
    int atend = count <= 0;
    if (!atend) used += count;
    bytes[used] = 0;
    char *line = bytes, *end;
    while ((end = strchr(line, '\n')) != 0 || ((atend || used == sizeof(bytes) - 1) && line < bytes + used)) {
      char *next = end ? end + 1 : bytes + used;
      if (end) *end = 0;
      if (match(pattern, line)) {
        found = 1;
        printf("%s\n", line);
      }
      line = next;
      if (!end) break;
    }
    used -= line - bytes;
    memmove(bytes, line, used);
  }
  return found;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(2, "usage: grep pattern [file ...]\n");
    return 2;
  }
  if (argc == 2) return !search(argv[1], 0);
  int found = 0;
  for (int i = 2; i < argc; i++) {
    int fd = open(argv[i], O_RDONLY);
    if (fd < 0) {
      fprintf(2, "grep: cannot open %s\n", argv[i]);
      return 2;
    }
    found |= search(argv[1], fd);
    close(fd);
  }
  return !found;
}

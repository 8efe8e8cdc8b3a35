// ls [PATH...]: shows the name, type, inode number and size of a file; for a directory, those of each entry.

#include "user.h"

static void show(const char *name, const struct stat *about) {
  printf("%s", name);
  for (int column = strlen(name); column < DIRSIZ; column++) printf(" ");
  printf(" %d %u %lu\n", about->type, about->ino, about->size);
}

static const char *lastname(const char *path) {
  const char *name = path;
  for (; *path; path++) {
    if (*path == '/' && path[1]) name = path + 1;
  }
  return name;
}

static void showdirectory(const char *path, int fd) {
  struct dirent entry;
  static char full[MAXPATH + DIRSIZ + 2];
  uint64 length = strlen(path);
  if (length >= MAXPATH) {
    fprintf(2, "ls: %s: path too long\n", path);
    return;
  }
  strcpy(full, path);
  full[length++] = '/';
  while (read(fd, &entry, sizeof(entry)) == sizeof(entry)) {
    if (entry.inum == 0) continue;
    memmove(full + length, entry.name, DIRSIZ);
    full[length + DIRSIZ] = 0;
    struct stat about;
    if (stat(full, &about) < 0) {
      fprintf(2, "ls: cannot stat %s\n", full);
      continue;
    }
    show(full + length, &about);
  }
}

static int list(const char *path) {
  struct stat about;
  int fd = open(path, O_RDONLY);
  if (fd < 0) {
    fprintf(2, "ls: cannot open %s\n", path);
    return 1;
  }
  int failed = fstat(fd, &about) < 0;
  if (failed) {
    fprintf(2, "ls: cannot stat %s\n", path);
  } else if (about.type == T_DIR) {
    showdirectory(path, fd);
  } else {
    show(lastname(path), &about);
  }
  close(fd);
  return failed;
}

int main(int argc, char **argv) {
  int failed = 0;
  if (argc < 2) return list(".");
  for (int i = 1; i < argc; i++) failed |= list(argv[i]);
  return failed;
}

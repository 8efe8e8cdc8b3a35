// Directories: names, paths, and which calls hold an inode.

#include "usertests.h"

// A name of two characters: `letter`, and then the number as a character, counted from '0'.
static const char *named(char letter, int number) {
  static char name[3];
  name[0] = letter;
  name[1] = (char)('0' + number);
  return name;
}

// The test is that the kernel survives.
void createtest(void) {
  enum { FILES = 52 };
  for (int i = 0; i < FILES; i++) close(open(named('a', i), O_CREATE | O_RDWR));
  for (int i = 0; i < FILES; i++) unlink(named('a', i));
  reached();
}

// Four processes, each with a letter. File i is created, and every second time file i/2 is deleted.
void createdelete(void) {
  enum { FILES = 20, PROCESSES = 4 };
  for (int p = 0; p < PROCESSES; p++) {
    if (forked() != 0) continue;
    for (int i = 0; i < FILES; i++) {
      close(opened(named('p' + p, i), O_CREATE | O_RDWR));
      if (i > 0 && i % 2 == 0) succeed(unlink(named('p' + p, i / 2)), "unlink of file %d", i / 2);
    }
    exit(0);
  }
  for (int p = 0; p < PROCESSES; p++) joined();
  for (int i = 0; i < FILES; i++) {
    int deleted = i >= 1 && i < FILES / 2;
    for (int p = 0; p < PROCESSES; p++) {
      int fd = open(named('p' + p, i), O_RDONLY);
      if (deleted) {
        refuse(fd, "open of deleted file %d of process %d", i, p);
      } else {
        succeed(fd, "open of file %d of process %d", i, p);
        close(fd);
        unlink(named('p' + p, i));
      }
    }
  }
}

// Two processes make random calls about one name. The test is that both end.
void linkunlink(void) {
  const char *path = "x";
  unlink(path);
  int pid = forked();
  uint random = pid == 0 ? 97 : 1;
  for (int i = 0; i < 100; i++) {
    random = random * 1664525 + 1013904223;
    switch ((random >> 16) % 3) {
    case 0: close(open(path, O_RDWR | O_CREATE)); break;
    case 1: link("cat", path); break;
    default: unlink(path);
    }
  }
  if (pid == 0) exit(0);
  wait(0);
  reached();
}

// Two processes create or link each name of a series at the same time; then two open and unlink them.
void concreate(void) {
  enum { NAMES = 40 };
  int seen[NAMES] = {0};
  for (int i = 0; i < NAMES; i++) {
    unlink(named('C', i));
    int pid = forked();
    if ((pid != 0 && i % 3 == 1) || (pid == 0 && i % 5 == 1)) {
      link("C0", named('C', i));
    } else {
      close(opened(named('C', i), O_CREATE | O_RDWR));
    }
    if (pid == 0) exit(0);
    joined();
  }
  struct dirent entry;
  int fd = opened(".", O_RDONLY);
  while (read(fd, &entry, sizeof(entry)) == sizeof(entry)) {
    if (entry.inum == 0 || entry.name[0] != 'C' || entry.name[1] == 0 || entry.name[2] != 0) continue;
    int i = entry.name[1] - '0';
    require(i >= 0 && i < NAMES, "names of the directory: expected C and a number, saw %s", entry.name);
    seen[i]++;
  }
  close(fd);
  for (int i = 0; i < NAMES; i++) expect(seen[i], 1, "entries of the name %s", named('C', i));

  for (int i = 0; i < NAMES; i++) {
    int pid = forked();
    int opens = (i % 3 == 0 && pid == 0) || (i % 3 == 1 && pid != 0);
    for (int times = 0; times < 6; times++) {
      if (opens) {
        close(open(named('C', i), O_RDONLY));
      } else {
        unlink(named('C', i));
      }
    }
    if (pid == 0) exit(0);
    wait(0);
  }
  for (int i = 0; i < NAMES; i++) unlink(named('C', i));
  reached();
}

// Steps of subdir, in order. `wants`: whether the kernel must accept it.
enum action { OPEN, MAKE, LINK, UNLINK, ENTER, WRITE, READ, COUNT };
struct step {
  enum action action;
  const char *path;
  int wants;
  int flags;         // of OPEN
  const char *text;  // of WRITE and READ, and for COUNT its length; the new name of LINK
};

static void take(const struct step *step) {
  static const char *const names[] = {"open", "mkdir", "link", "unlink", "chdir", "write", "read"};
  int answer = -1, fd;
  switch (step->action) {
  case OPEN:
    answer = open(step->path, step->flags);
    if (answer >= 0) close(answer);
    break;
  case MAKE: answer = mkdir(step->path); break;
  case LINK: answer = link(step->path, step->text); break;
  case UNLINK: answer = unlink(step->path); break;
  case ENTER: answer = chdir(step->path); break;
  case WRITE:
    fd = opened(step->path, O_CREATE | O_RDWR);
    write(fd, step->text, strlen(step->text));
    close(fd);
    return;
  case READ:
  case COUNT:
    fd = opened(step->path, O_RDONLY);
    expect(read(fd, scratch, SCRATCH), strlen(step->text), "bytes of %s", step->path);
    if (step->action == READ) expect(scratch[0], step->text[0], "first byte of %s", step->path);
    close(fd);
    return;
  }
  if ((answer >= 0) != step->wants) {
    fail("%s of %s: expected %s, saw %d", names[step->action], step->path, step->wants ? "success" : "-1", answer);
  }
}

void subdir(void) {
  enum { NO, YES, CREATE = O_CREATE | O_RDWR };
  static const struct step steps[] = {
      {MAKE, "dd", YES, 0, 0},
      {WRITE, "dd/ff", YES, 0, "ff"},
      {UNLINK, "dd", NO, 0, 0},
      {MAKE, "/dd/dd", YES, 0, 0},
      {WRITE, "dd/dd/ff", YES, 0, "FF"},
      {READ, "dd/dd/../ff", YES, 0, "ff"},
      {LINK, "dd/dd/ff", YES, 0, "dd/dd/ffff"},
      {UNLINK, "dd/dd/ff", YES, 0, 0},
      {OPEN, "dd/dd/ff", NO, O_RDONLY, 0},
      {ENTER, "dd", YES, 0, 0},
      {ENTER, "dd/../../dd", YES, 0, 0},
      {ENTER, "dd/../../../dd", YES, 0, 0},
      {ENTER, "./..", YES, 0, 0},
      {COUNT, "dd/dd/ffff", YES, 0, "FF"},
      {OPEN, "dd/dd/ff", NO, O_RDONLY, 0},
      // Paths through a file or a missing name, and calls on a directory that are only for files.
      {OPEN, "dd/ff/ff", NO, CREATE, 0},
      {OPEN, "dd/xx/ff", NO, CREATE, 0},
      {OPEN, "dd", NO, O_CREATE, 0},
      {OPEN, "dd", NO, O_RDWR, 0},
      {OPEN, "dd", NO, O_WRONLY, 0},
      {LINK, "dd/ff/ff", NO, 0, "dd/dd/xx"},
      {LINK, "dd/xx/ff", NO, 0, "dd/dd/xx"},
      {LINK, "dd/ff", NO, 0, "dd/dd/ffff"},
      {MAKE, "dd/ff/ff", NO, 0, 0},
      {MAKE, "dd/xx/ff", NO, 0, 0},
      {MAKE, "dd/dd/ffff", NO, 0, 0},
      {UNLINK, "dd/xx/ff", NO, 0, 0},
      {UNLINK, "dd/ff/ff", NO, 0, 0},
      {ENTER, "dd/ff", NO, 0, 0},
      {ENTER, "dd/xx", NO, 0, 0},
      // A directory can be removed when it is empty.
      {UNLINK, "dd/dd/ffff", YES, 0, 0},
      {UNLINK, "dd/ff", YES, 0, 0},
      {UNLINK, "dd", NO, 0, 0},
      {UNLINK, "dd/dd", YES, 0, 0},
      {UNLINK, "dd", YES, 0, 0},
  };
  for (uint i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) take(&steps[i]);
  reached();
}

void rmdot(void) {
  succeed(mkdir("dots"), "mkdir(dots)");
  succeed(chdir("dots"), "chdir(dots)");
  refuse(unlink("."), "unlink(.)");
  refuse(unlink(".."), "unlink(..)");
  succeed(chdir("/"), "chdir(/)");
  refuse(unlink("dots/."), "unlink(dots/.)");
  refuse(unlink("dots/.."), "unlink(dots/..)");
  succeed(unlink("dots"), "unlink(dots)");
}

#define NAME14 "12345678901234"
#define NAME15 NAME14 "5"

// For a file system whose names have 14 characters, NAME15 is the same as NAME14.
void fourteen(void) {
  succeed(mkdir(NAME14), "mkdir of 14 characters");
  succeed(mkdir(NAME14 "/" NAME15), "mkdir of 15 characters in 14");
  close(opened(NAME15 "/" NAME15 "/" NAME15, O_CREATE));
  close(opened(NAME14 "/" NAME14 "/" NAME14, O_RDONLY));
  refuse(mkdir(NAME14 "/" NAME14), "mkdir of 14 characters, which exist cut from 15");
  refuse(mkdir(NAME15 "/" NAME14), "mkdir of 14 characters in 15, which exist");
  unlink(NAME14 "/" NAME14 "/" NAME14);
  unlink(NAME15 "/" NAME15);
  unlink(NAME14);
}

void dirfile(void) {
  const char *inside = "dirfile/xx";
  close(opened("dirfile", O_CREATE));
  refuse(chdir("dirfile"), "chdir to a file");
  refuse(open(inside, O_RDONLY), "open of a name in a file");
  refuse(open(inside, O_CREATE), "creation of a name in a file");
  refuse(mkdir(inside), "mkdir in a file");
  refuse(unlink(inside), "unlink in a file");
  refuse(link("echo", inside), "link into a file");
  succeed(unlink("dirfile"), "unlink(dirfile)");
  refuse(open(".", O_RDWR), "open of a directory for writing");
  int fd = open(".", O_RDONLY);
  expectatmost(write(fd, "x", 1), 0, "write to a directory");
  close(fd);
}

// Calls that fail on the empty name, in more directories than there are inodes in memory. Each must release
// the directory that it looked at.
void iref(void) {
  enum { DEPTH = NINODE + 1 };
  for (int i = 0; i < DEPTH; i++) {
    succeed(mkdir("irefd"), "mkdir at depth %d", i);
    succeed(chdir("irefd"), "chdir at depth %d", i);
    mkdir("");
    link("echo", "");
    close(open("", O_CREATE));
    close(open("xx", O_CREATE));
    unlink("xx");
  }
  for (int i = 0; i < DEPTH; i++) {
    chdir("..");
    unlink("irefd");
  }
  reached();
}

// A directory that has no name any more is released by chdir(), ...
void iput(void) {
  succeed(mkdir("iputdir"), "mkdir(iputdir)");
  succeed(chdir("iputdir"), "chdir(iputdir)");
  succeed(unlink("../iputdir"), "unlink(../iputdir)");
  succeed(chdir("/"), "chdir(/)");
}

// ... by exit(), ...
void exitiput(void) {
  if (forked() == 0) {
    succeed(mkdir("iputdir"), "mkdir(iputdir)");
    succeed(chdir("iputdir"), "chdir(iputdir)");
    succeed(unlink("../iputdir"), "unlink(../iputdir)");
    exit(0);
  }
  joined();
  reached();
}

// ... and by an open() that refuses it.
void openiput(void) {
  succeed(mkdir("oidir"), "mkdir(oidir)");
  if (forked() == 0) {
    refuse(open("oidir", O_RDWR), "open of a directory for writing");
    exit(0);
  }
  sleep(1);
  succeed(unlink("oidir"), "unlink(oidir)");
  joined();
  reached();
}

// More entries than fit into the blocks that the inode itself names.
void bigdir(void) {
  enum { ENTRIES = NDIRECT * BSIZE / sizeof(struct dirent) + 8 };
  char name[DIRSIZ];
  succeed(mkdir("bd"), "mkdir(bd)");
  succeed(chdir("bd"), "chdir(bd)");
  makefile("f", "");
  for (int i = 0; i < ENTRIES; i++) {
    snprintf(name, sizeof(name), "x%d", i);
    succeed(link("f", name), "link(f, %s)", name);
  }
  succeed(unlink("f"), "unlink(f)");
  for (int i = 0; i < ENTRIES; i++) {
    snprintf(name, sizeof(name), "x%d", i);
    succeed(unlink(name), "unlink(%s)", name);
  }
  succeed(chdir("/"), "chdir(/)");
  succeed(unlink("bd"), "unlink(bd)");
}
